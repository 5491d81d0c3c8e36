import type { ContainerExec } from "@sluice/core";
import { readEnvironment } from "../process/container-environment.ts";
import type { PostgresTarget } from "./target.ts";

export interface FindPostgresTargetOptions {
  /** Default: the user that the image was told to make, else `postgres`. */
  readonly user?: string | undefined;
  /** Default: the database that the image was told to make, else that of the user's name. */
  readonly database?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Names of the same thing in the official image and in Bitnami's. */
const names = {
  user: ["POSTGRES_USER", "POSTGRESQL_USERNAME"],
  database: ["POSTGRES_DB", "POSTGRESQL_DATABASE"],
  password: ["POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD"],
} as const;

/**
 * Who the database's own user is, by the environment of its container: what compose files, `env_file`s and the image say
 * all ends there. Values may be in files (`POSTGRES_PASSWORD_FILE`).
 *
 * @throws SluiceError EXEC_FAILED
 */
export async function findPostgresTarget(
  exec: ContainerExec,
  container: string,
  { user, database, signal }: FindPostgresTargetOptions = {},
): Promise<PostgresTarget> {
  const environment = await readEnvironment(exec, container, signal);
  const valueOf = (kind: keyof typeof names) => environment.valueOf(names[kind]);
  const made = (await valueOf("user")) ?? "postgres";
  const found = user ?? made;
  // Whom Bitnami's image makes beside `postgres` is none.
  const superuser = environment.all.has("BITNAMI_APP_NAME") ? found : made;
  const password = await valueOf("password");
  return {
    container,
    user: found,
    ...(found === superuser ? {} : { superuser }),
    database: database ?? (await valueOf("database")) ?? found,
    ...(password === undefined ? {} : { password }),
  };
}
