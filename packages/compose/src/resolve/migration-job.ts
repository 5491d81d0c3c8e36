import {
  type ComposeModel,
  type ComposeService,
  type Config,
  configuredMigration,
  migrationJobName,
  type RoleDecision,
  SluiceError,
} from "@sluice/core";
import { escapeDollars } from "../model/dollars.ts";

/** Of the service that the job is like: what belongs to one that serves, or would be two times there. */
const ofServers = new Set([
  "container_name",
  "deploy",
  "expose",
  "healthcheck",
  "hostname",
  "ports",
  "restart",
  "scale",
]);

export interface MigrationJob {
  readonly decision: RoleDecision;
  /** Service whose image, environment, networks and mounts it has. */
  readonly service: string;
  readonly start: ComposeService;
}

/**
 * The job that `database.migrate.service` and `command` describe: the command in the place of the service's own, as
 * `docker compose run` would run it. All the rest treats it as a job of the compose files. `null` where none is configured.
 *
 * @param decisions what the services of the model are
 * @throws SluiceError CONFIG_INVALID when the service is not there or is itself the data, or the job's name is taken
 */
export function migrationJob(
  model: ComposeModel,
  decisions: readonly RoleDecision[],
  { database }: Pick<Config, "database">,
): MigrationJob | null {
  const migration = configuredMigration(database);
  if (!migration) return null;
  const { service, command } = migration;
  const written = model.services[service];
  if (!written) {
    throw invalid(`${service}: the compose files have no service of this name`, {
      hint: `expected the service in whose image the command is; they have ${Object.keys(model.services).join(", ")}`,
    });
  }
  const role = decisions.find((decision) => decision.service === service)?.role;
  if (role === "data") {
    throw invalid(`${service} holds data: a second container on its volume could damage it`, {
      hint: "expected a service of the application, or write a service with role job that has the tool in its image",
    });
  }
  const name = migrationJobName(service);
  if (name in model.services) {
    throw invalid(`the compose files have a service ${name} already, which is what the job would be called`, {
      hint: `rename it, or make it the job: services.${name}.role: job, and leave database.migrate.service and command out`,
    });
  }
  const kept = Object.fromEntries(Object.entries(written).filter(([key]) => !ofServers.has(key)));
  return {
    service,
    start: { ...kept, command: command.map(escapeDollars) },
    decision: {
      service: name,
      role: "job",
      strategy: "slots",
      confidence: "configured",
      reason: `database.migrate: a command in the image of ${service}`,
    },
  };
}

function invalid(problem: string, { hint }: { readonly hint: string }): SluiceError {
  return new SluiceError("CONFIG_INVALID", `database.migrate.service: ${problem}`, { hint });
}
