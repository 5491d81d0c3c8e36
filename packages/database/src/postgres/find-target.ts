import { type ContainerExec, SluiceError } from "@sluice/core";
import type { PostgresTarget } from "./target.ts";

export interface FindTargetOptions {
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
 * Who the database's own user is, asked in its container: what compose files, `env_file`s and the image say all ends
 * there. Values may be in files (`POSTGRES_PASSWORD_FILE`).
 *
 * @throws SluiceError DATABASE_UNREACHABLE, EXEC_FAILED
 */
export async function findPostgresTarget(
  exec: ContainerExec,
  container: string,
  { user, database, signal }: FindTargetOptions = {},
): Promise<PostgresTarget> {
  const { exitCode, stdout, stderr } = await exec.exec(container, ["env", "-0"], { signal });
  if (exitCode !== 0) {
    throw new SluiceError("DATABASE_UNREACHABLE", `the environment of ${container} cannot be read: ${stderr.trim()}`);
  }
  const environment = parseEnvironment(Buffer.from(stdout).toString("utf8"));
  const valueOf = async (kind: keyof typeof names): Promise<string | undefined> => {
    for (const name of names[kind]) {
      const value = environment.get(name);
      if (value) return value;
      const file = environment.get(`${name}_FILE`);
      if (file) return readValue(exec, container, file, signal);
    }
    return undefined;
  };
  const found = user ?? (await valueOf("user")) ?? "postgres";
  const password = await valueOf("password");
  return {
    container,
    user: found,
    database: database ?? (await valueOf("database")) ?? found,
    ...(password === undefined ? {} : { password }),
  };
}

function parseEnvironment(text: string): ReadonlyMap<string, string> {
  const pairs = text.split("\0").filter((pair) => pair.includes("="));
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

async function readValue(
  exec: ContainerExec,
  container: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { exitCode, stdout } = await exec.exec(container, ["cat", file], { signal });
  // As a shell's $(cat FILE) has it.
  return exitCode === 0 ? Buffer.from(stdout).toString("utf8").replace(/\n+$/, "") : undefined;
}
