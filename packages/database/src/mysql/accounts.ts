import { type ContainerExec, isSluiceError, SluiceError } from "@sluice/core";
import { type ClientOptions, clientError, runSql } from "./client.ts";
import {
  clientCommand,
  clientEnvironment,
  fromHex,
  type MysqlTarget,
  maintenance,
  quoteName,
  quoteText,
} from "./target.ts";

/** Accounts that every server brings along. */
const own = ["root", "mysql.sys", "mysql.session", "mysql.infoschema", "mariadb.sys", "healthcheck", ""];

interface Account {
  /** As statements name it: `shop`@`%`, or a role of MariaDB by its name alone. */
  readonly name: string;
  readonly isRole: boolean;
}

/**
 * The server's accounts and roles with what they may do, without passwords: what a dump refers to and does not hold. Each is
 * made locked, as an account without a password is one for everybody. `null` where the user may not read them.
 *
 * @throws SluiceError BACKUP_FAILED
 */
export async function dumpAccounts(
  exec: ContainerExec,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<Uint8Array | null> {
  const isRole = target.kind === "mariadb" ? "is_role = 'Y'" : "0";
  const names = own.map(quoteText).join(", ");
  const sql = `select hex(user), hex(host), ${isRole} from mysql.user where user not in (${names}) order by 1, 2;`;
  try {
    const accounts = (await runSql(exec, target, sql, options)).map(parseAccount);
    if (accounts.length === 0) return Buffer.from("-- no accounts\n");
    const show = accounts.map(({ name }) => `show grants for ${name};`).join("\n");
    const grants = await runSql(exec, target, show, options);
    // MariaDB's grants say that too.
    const defaults = target.kind === "mysql" ? await defaultRoles(exec, target, options) : [];
    return Buffer.from(formatAccounts(accounts, [...grants, ...defaults]));
  } catch (error) {
    if (isSluiceError(error) && isRefused(error)) return null;
    throw error;
  }
}

/** Whether it says that an account may not do that. */
export function isRefused({ message }: SluiceError): boolean {
  return /ERROR (?:1142|1143|1044|1227) /.test(message);
}

/** Statements that give accounts of MySQL the roles that they have from the start; none in a version without roles. */
async function defaultRoles(
  exec: ContainerExec,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<readonly string[]> {
  const sql =
    "select hex(user), hex(host), hex(default_role_user), hex(default_role_host) from mysql.default_roles order by 1, 2, 3, 4;";
  try {
    return defaultRoleStatements(await runSql(exec, target, sql, options));
  } catch (error) {
    if (isSluiceError(error) && error.message.includes("ERROR 1146 ")) return [];
    throw error;
  }
}

export function defaultRoleStatements(lines: readonly string[]): readonly string[] {
  const roles = new Map<string, readonly string[]>();
  for (const line of lines) {
    const [user = "", host = "", role = "", roleHost = ""] = line
      .split("\t")
      .map((digits) => quoteName(fromHex(digits)));
    const account = `${user}@${host}`;
    roles.set(account, [...(roles.get(account) ?? []), `${role}@${roleHost}`]);
  }
  return [...roles].map(([account, its]) => `SET DEFAULT ROLE ${its.join(", ")} TO ${account}`);
}

function parseAccount(line: string): Account {
  const [user = "", host = "", isRole] = line.split("\t");
  const quote = (digits: string) => quoteName(fromHex(digits));
  return isRole === "1"
    ? { name: quote(user), isRole: true }
    : { name: `${quote(user)}@${quote(host)}`, isRole: false };
}

/** A script: all accounts first, as grants name roles. */
export function formatAccounts(accounts: readonly Account[], grants: readonly string[]): string {
  const made = accounts.map(({ name, isRole }) =>
    isRole ? `CREATE ROLE IF NOT EXISTS ${name};` : `CREATE USER IF NOT EXISTS ${name} ACCOUNT LOCK;`,
  );
  return [...made, ...grants.map((grant) => `${withoutPassword(grant)};`), ""].join("\n");
}

/** MariaDB shows how an account proves who it is, with the digest of its password. */
export function withoutPassword(grant: string): string {
  const [, before] = /^(GRANT .*?) IDENTIFIED (?:BY|VIA|WITH) /.exec(grant) ?? [];
  if (before === undefined) return grant;
  return `${before}${grant.endsWith(" WITH GRANT OPTION") ? " WITH GRANT OPTION" : ""}`;
}

/**
 * Makes accounts in a throw-away server. What they may do there is tried as well, yet a right to a table of another database
 * is no fault of the backup.
 *
 * @throws SluiceError BACKUP_ROLE_MISSING
 */
export async function restoreAccounts(
  exec: ContainerExec,
  target: MysqlTarget,
  script: string,
  { session, signal }: ClientOptions,
): Promise<void> {
  const server = maintenance(target);
  const run = (lines: readonly string[], options: readonly string[]) =>
    exec.exec(server.container, clientCommand(server, options), {
      stdin: `${lines.join("\n")}\n`,
      environment: clientEnvironment(server, session),
      signal,
    });
  const lines = script.split("\n");
  const ended = await run(
    lines.filter((line) => line.startsWith("CREATE ")),
    [],
  );
  if (ended.exitCode !== 0) {
    const { message } = clientError("the restoring of accounts", ended);
    throw new SluiceError("BACKUP_ROLE_MISSING", message, { detail: ended.stderr.trim() });
  }
  await run(
    lines.filter((line) => /^(?:GRANT|SET DEFAULT ROLE) /.test(line)),
    ["--force"],
  );
}
