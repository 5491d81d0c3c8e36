import { migrationFileName } from "@sluice/core";
import { stringify } from "yaml";
import type { MigrationService, WorkflowFile } from "./facts.ts";

/** The service that carries a migration which was a step of a workflow. */
const migrationService = "prestart";
export const migrationPath = migrationFileName;

/** Of `extends`: what belongs to one that serves, to whom a proxy sends users, or that would be there two times. Limits stay. */
const resets = `    container_name: !reset null
    deploy:
      mode: !reset null
      replicas: !reset null
      restart_policy: !reset null
      resources:
        reservations: !reset null
    expose: !reset []
    hostname: !reset null
    labels: !reset []
    ports: !reset []
    scale: !reset null
`;

/**
 * A compose file that makes a migration step a service: it then runs with the images of the release, after the backup and
 * before users reach the version, and a failure stops the deployment while the old version serves.
 *
 * One service extends that of one file. Where several files have it, this one has a document for each: Compose lays documents
 * over each other as it does files, so that the migration has what the last file says, such as the database of production.
 */
export function migrationFile({ service, command, settings, files }: MigrationService): WorkflowFile {
  const extension = (file: string | undefined) => ({ extends: { file, service } });
  const before = files
    .slice(0, -1)
    .map((file) => `${textOf({ services: { [migrationService]: extension(file) } })}---\n`);
  const job = {
    ...extension(files.at(-1)),
    // Without one of its own the service's would be given to the entrypoint.
    command: command === "" ? [] : command,
    ...settings,
    restart: "no",
    healthcheck: { disable: true },
  };
  const waits = { depends_on: { [migrationService]: { condition: "service_completed_successfully" } } };
  const last = textOf({ services: { [migrationService]: job, [service]: waits } });
  return {
    path: migrationPath,
    text: `# The migration, as a service that runs once before each version.\n${before.join("")}${last.replace("    command:", `${resets}    command:`)}`,
  };
}

function textOf(document: unknown): string {
  return stringify(document, { version: "1.1" });
}
