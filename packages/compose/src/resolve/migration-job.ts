import { isAbsolute, join } from "node:path";
import {
  type ComposeModel,
  type ComposeService,
  type Config,
  type ConfiguredMigration,
  configuredMigration,
  migrationJobName,
  type RoleDecision,
  SluiceError,
} from "@sluice/core";
import { pathInCheckout } from "../model/checkout.ts";
import { escapeDollars } from "../model/dollars.ts";

/** Of the service that the job is like: what belongs to one that serves, or would be two times there. */
const ofServers = ["container_name", "deploy", "expose", "healthcheck", "hostname", "ports", "restart", "scale"];

/** Of the service: what is about its image and means nothing in another one. */
const ofItsImage = ["build", "command", "entrypoint", "image", "platform", "pull_policy", "user", "working_dir"];

/** Where dbmate finds the files: a place that is in no image. */
const filesAt = "/run/sluice/migrations";

export interface MigrationJob {
  readonly decision: RoleDecision;
  /** Service whose environment, networks and mounts it has. */
  readonly service: string;
  readonly start: ComposeService;
  /** Directory of plain SQL files, on this machine; `null` where a command migrates. */
  readonly sqlDirectory: string | null;
}

/**
 * The job that `database.migrate.service` describes: a command in the place of the service's own, as `docker compose run` would
 * run it, or dbmate with a directory of SQL files. All the rest treats it as a job of the compose files. `null` where none is
 * configured. Pure.
 *
 * @param decisions what the services of the model are
 * @param directory that of the compose file
 * @throws SluiceError CONFIG_INVALID when the service is not there or is itself the data, the job's name is taken, the SQL files
 * lie outside the checkout, or the service does not say where the database is
 */
export function migrationJob(
  model: ComposeModel,
  decisions: readonly RoleDecision[],
  { database }: Pick<Config, "database">,
  directory: string,
): MigrationJob | null {
  const migration = configuredMigration(database);
  if (!migration) return null;
  const { service } = migration;
  const written = model.services[service];
  if (!written) {
    throw invalid("service", `${service}: the compose files have no service of this name`, {
      hint: `expected the service in whose environment the migration runs; they have ${Object.keys(model.services).join(", ")}`,
    });
  }
  const role = decisions.find((decision) => decision.service === service)?.role;
  if (role === "data") {
    throw invalid("service", `${service} holds data: a second container on its volume could damage it`, {
      hint: "expected a service of the application, or write a service with role job that has the tool in its image",
    });
  }
  const name = migrationJobName(service);
  if (name in model.services) {
    throw invalid(
      "service",
      `the compose files have a service ${name} already, which is what the job would be called`,
      {
        hint: `rename it, or make it the job: services.${name}.role: job, and leave database.migrate.service out`,
      },
    );
  }
  const decision = (reason: string): RoleDecision => ({
    service: name,
    role: "job",
    strategy: "slots",
    confidence: "configured",
    reason: `database.migrate: ${reason}`,
  });
  const like = without(written, ofServers);
  if ("command" in migration) {
    return {
      service,
      start: { ...like, command: migration.command.map(escapeDollars) },
      decision: decision(`a command in the image of ${service}`),
      sqlDirectory: null,
    };
  }
  const sqlDirectory = join(directory, migration.sql.directory);
  return {
    service,
    start: dbmateService(model, like, migration, sqlDirectory),
    decision: decision(`dbmate with the SQL files of ${migration.sql.directory}`),
    sqlDirectory,
  };
}

/** How dbmate is told what to do: https://github.com/amacneil/dbmate#command-line-options */
function dbmateService(
  model: ComposeModel,
  like: ComposeService,
  { service, sql }: Extract<ConfiguredMigration, { sql: unknown }>,
  sqlDirectory: string,
): ComposeService {
  const source = escapeDollars(sqlDirectory);
  const { directory, image, urlVariable } = sql;
  if (isAbsolute(directory) || pathInCheckout(model, source) === undefined) {
    throw invalid("sql.directory", `${directory} lies outside the checkout: no release could keep these files`, {
      hint: "expected a directory of the repository, from that of the compose file",
    });
  }
  const { environment = {}, user } = like;
  const url = environment[urlVariable];
  if (!url) {
    throw invalid(
      "service",
      `${service} has no ${urlVariable} in its environment, which says dbmate where the database is`,
      {
        hint: `expected ${urlVariable}: postgres://USER:PASSWORD@SERVICE:5432/DATABASE (or mysql://, sqlite:) there; a variable of another name: database.migrate.sql.urlVariable`,
      },
    );
  }
  return {
    ...without(like, ofItsImage),
    image,
    // A name is one of the image's own users; a number is whoever owns the files that they share.
    ...(typeof user === "string" && /^\d+(?::\d+)?$/.test(user) ? { user } : {}),
    // The image's own would come before the command, and before that of the way back.
    entrypoint: [],
    command: ["dbmate", "migrate"],
    environment: {
      // The driver insists on TLS, which few servers in a project of Compose have.
      PGSSLMODE: "prefer",
      ...environment,
      DATABASE_URL: url,
      DBMATE_MIGRATIONS_DIR: filesAt,
      DBMATE_NO_DUMP_SCHEMA: "true",
    },
    volumes: [
      ...(like.volumes ?? []),
      { type: "bind", source, target: filesAt, read_only: true, bind: { create_host_path: false } },
    ],
  };
}

function without(service: ComposeService, keys: readonly string[]): ComposeService {
  return Object.fromEntries(Object.entries(service).filter(([key]) => !keys.includes(key)));
}

function invalid(setting: string, problem: string, { hint }: { readonly hint: string }): SluiceError {
  return new SluiceError("CONFIG_INVALID", `database.migrate.${setting}: ${problem}`, { hint });
}
