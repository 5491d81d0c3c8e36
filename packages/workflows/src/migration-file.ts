import { stringify } from "yaml";
import type { MigrationStep, WorkflowFile } from "./facts.ts";

/** The service that carries a migration which was a step of a workflow. */
const migrationService = "prestart";
export const migrationPath = "compose.sluice.yml";

/**
 * A compose file that makes a migration step a service: it then runs with the images of the release, after the backup and
 * before users reach the version, and a failure stops the deployment while the old version serves.
 *
 * @param base the compose file that defines the service
 */
export function migrationFile({ service, command, settings }: MigrationStep, base: string): WorkflowFile {
  const job = {
    extends: { file: base, service },
    // Without one of its own the service's would be given to the entrypoint.
    command: command === "" ? [] : command,
    ...settings,
    restart: "no",
    healthcheck: { disable: true },
  };
  const waits = { depends_on: { [migrationService]: { condition: "service_completed_successfully" } } };
  const text = stringify({ services: { [migrationService]: job, [service]: waits } }, { version: "1.1" }).replace(
    "    command:",
    // Of `extends`: the proxy must not send users to a migration.
    "    labels: !reset []\n    ports: !reset []\n    command:",
  );
  return { path: migrationPath, text: `# The migration, as a service that runs once before each version.\n${text}` };
}
