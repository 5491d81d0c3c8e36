import { type ContainerExec, SluiceError } from "@sluice/core";
import { type ContainerEnvironment, readEnvironment } from "../process/container-environment.ts";
import { succeeds } from "../process/succeeds.ts";
import type { MysqlTarget } from "./target.ts";

export interface FindMysqlTargetOptions {
  /** Default: `root` where its password is known, else the user that the image was told to make. */
  readonly user?: string | undefined;
  /** Default: the database that the image was told to make. */
  readonly database?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The images of MariaDB take MySQL's names as well. */
const either = (...names: readonly string[]) => names.flatMap((name) => [`MARIADB_${name}`, `MYSQL_${name}`]);

/**
 * Who may do what a backup needs, by the environment of the database's container: what compose files, `env_file`s and the
 * image say all ends there. Values may be in files (`MARIADB_ROOT_PASSWORD_FILE`).
 *
 * @throws SluiceError DATABASE_UNKNOWN (no database is named anywhere), EXEC_FAILED
 */
export async function findMysqlTarget(
  exec: ContainerExec,
  container: string,
  { user, database, signal }: FindMysqlTargetOptions = {},
): Promise<MysqlTarget> {
  const environment = await readEnvironment(exec, container, signal);
  const name = database ?? (await environment.valueOf(either("DATABASE")));
  if (name === undefined) {
    throw new SluiceError("DATABASE_UNKNOWN", `the environment of ${container} names no database`, {
      hint: "say it: database.name in sluice.yaml",
    });
  }
  const kind = (await succeeds(exec, container, ["mariadb", "--version"], signal)) ? "mariadb" : "mysql";
  return { kind, container, database: name, ...(await findAccount(environment, user)) };
}

async function findAccount(
  environment: ContainerEnvironment,
  asked: string | undefined,
): Promise<Pick<MysqlTarget, "user" | "password">> {
  const made = await environment.valueOf(either("USER"));
  const [password, rootPassword] = [
    await environment.valueOf(either("PASSWORD")),
    await environment.valueOf(either("ROOT_PASSWORD")),
  ];
  const root = { user: "root", ...(rootPassword === undefined ? {} : { password: rootPassword }) };
  const other = (user: string) => ({ user, ...(password === undefined ? {} : { password }) });
  if (asked !== undefined) return asked === "root" ? root : other(asked);
  return made === undefined || rootPassword !== undefined ? root : other(made);
}
