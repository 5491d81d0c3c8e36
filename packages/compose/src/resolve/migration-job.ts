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
import type { ServiceFinding } from "../roles/finding-rule.ts";
import { sharedByJob } from "../roles/sharing-rules.ts";

/** Of the service that the job is like: what belongs to one that serves, or would be two times there. */
const ofServers = ["container_name", "deploy", "expose", "healthcheck", "hostname", "ports", "restart", "scale"];

/** Of the service: what is about its image and means nothing in another one. */
const ofItsImage = [
  "build",
  "command",
  "entrypoint",
  "image",
  "platform",
  "pull_policy",
  // Files are put into containers on an engine elsewhere.
  "read_only",
  "user",
  "working_dir",
];

/** Where dbmate finds the files: a place that is in no image, and that nobody mounts anything over. */
export const filesAt = "/sluice-migrations";

export interface MigrationJob {
  readonly decision: RoleDecision;
  /** Service whose environment, networks and mounts it has. */
  readonly service: string;
  readonly start: ComposeService;
  /** Directory of plain SQL files, on this machine; `null` where a command migrates. */
  readonly sqlDirectory: string | null;
  /** Why it could not migrate: what refuses a deployment, and nothing else. */
  readonly findings: readonly ServiceFinding[];
}

/**
 * The job that `database.migrate.service` describes: a command in the place of the service's own, as `docker compose run` would
 * run it, or dbmate with a directory of SQL files. All the rest treats it as a job of the compose files. `null` where none is
 * configured. Pure.
 *
 * @param decisions what the services of the model are
 * @param directory that of the compose file
 * @throws SluiceError CONFIG_INVALID when the service is not there or is itself the data, the job's name is taken, the SQL files
 * lie outside the checkout
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
  const jobs = new Set(decisions.filter((one) => one.role === "job").map((one) => one.service));
  const like = { ...withoutDependencies(without(written, ofServers), jobs), ...limitsOf(written) };
  const shared = sharedByJob(name, like);
  const ofJob = shared ? [{ ...shared, service, path: ["services", service, ...shared.path] }] : [];
  if ("command" in migration) {
    return {
      service,
      start: { ...like, command: migration.command.map(escapeDollars) },
      decision: decision(`a command in the image of ${service}`),
      sqlDirectory: null,
      findings: ofJob,
    };
  }
  const sqlDirectory = join(directory, migration.sql.directory);
  return {
    service,
    start: dbmateService(model, like, migration, sqlDirectory),
    decision: decision(`dbmate with the SQL files of ${migration.sql.directory}`),
    sqlDirectory,
    findings: [...ofJob, ...urlFindings(service, like, migration.sql.urlVariable)],
  };
}

/** Beside the service it may take as much as that one; what is reserved, as devices are, is there for one of them only. */
function limitsOf({ deploy }: ComposeService): Pick<ComposeService, "deploy"> {
  const { limits } = (deploy?.["resources"] ?? {}) as { readonly limits?: unknown };
  return limits === undefined ? {} : { deploy: { resources: { limits } } };
}

/** Jobs fill what the migration makes: they come after it, also where the service waits for them. */
function withoutDependencies(service: ComposeService, jobs: ReadonlySet<string>): ComposeService {
  const { depends_on: written, ...rest } = service;
  if (!written) return service;
  const kept = Object.fromEntries(Object.entries(written).filter(([name]) => !jobs.has(name)));
  return { ...rest, depends_on: kept };
}

/** Addresses that dbmate takes: https://github.com/amacneil/dbmate#connecting-to-the-database */
const databaseUrl = /^(?:postgres|postgresql|mysql|sqlite3?|clickhouse(?:\+https?)?):/;

function urlFindings(
  service: string,
  { environment = {} }: ComposeService,
  variable: string,
): readonly ServiceFinding[] {
  const url = environment[variable] ?? "";
  const finding = (message: string, hint: string): readonly ServiceFinding[] => [
    { severity: "error", code: "migration-url", message, hint, service, path: ["services", service, "environment"] },
  ];
  const another = "a variable of another name: database.migrate.sql.urlVariable";
  if (url === "") {
    return finding(
      `${service} has no ${variable} in its environment, which says dbmate where the database is`,
      `expected ${variable}: postgres://USER:PASSWORD@SERVICE:5432/DATABASE (or mysql://, sqlite:) there; ${another}`,
    );
  }
  if (!databaseUrl.test(url)) {
    return finding(
      `${variable} of ${service} begins with ${/^[a-z0-9+.-]*:/i.exec(url)?.[0] ?? "no scheme"}, which dbmate does not know`,
      `expected postgres:, mysql: or sqlite:; ${another}`,
    );
  }
  if (url.startsWith("sqlite") && !/^sqlite3?:\/(?:\/\/|(?!\/))/.test(url)) {
    return finding(
      `${variable} of ${service} names a file from a directory of that image, and dbmate runs in another one`,
      `expected an absolute path, as in sqlite:/data/app.db; ${another}`,
    );
  }
  return [];
}

/** How dbmate is told what to do: https://github.com/amacneil/dbmate#command-line-options */
function dbmateService(
  model: ComposeModel,
  like: ComposeService,
  { sql }: Extract<ConfiguredMigration, { sql: unknown }>,
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
      DATABASE_URL: environment[urlVariable] ?? "",
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
