import { type ContainerExec, isSluiceError } from "@sluice/core";
import { type ClientOptions, runSql } from "../client.ts";
import { fromHex, type MysqlTarget, maintenance, quoteName, quoteText } from "../target.ts";

/** What a server decides by when it changes a table, where its own start or its files may say otherwise. */
const settings = [
  "sql_mode",
  "character_set_server",
  "collation_server",
  "innodb_strict_mode",
  "innodb_default_row_format",
  "default_storage_engine",
  "alter_algorithm",
  "old_mode",
];

/** Gives a server the settings of another that decide how migrations run. @throws SluiceError */
export async function adoptSettings(
  exec: ContainerExec,
  { live, copy }: { readonly live: MysqlTarget; readonly copy: MysqlTarget },
  session: ClientOptions,
): Promise<void> {
  const names = settings.map((name) => quoteText(name)).join(", ");
  const sql = `select lower(variable_name), hex(global_value) from information_schema.system_variables
where lower(variable_name) in (${names}) and read_only = 'NO';`;
  const rows = (await runSql(exec, live, sql, session)).map((line) => line.split("\t"));
  const statements = rows.map(([name = "", digits = ""]) => `set global ${name} = ${quoteText(fromHex(digits))};`);
  await runSql(exec, maintenance(copy), statements.join("\n"), session);
}

/**
 * Lets the accounts of one server into another with the passwords that they have: the application finds the copy with its
 * own. Only digests are handed over, from server to server, and stored nowhere. Where the live account may not read them,
 * only itself is let in.
 *
 * @throws SluiceError
 */
export async function adoptAccounts(
  exec: ContainerExec,
  { live, copy }: { readonly live: MysqlTarget; readonly copy: MysqlTarget },
  session: ClientOptions,
): Promise<void> {
  const accounts = await readAccounts(exec, live, session);
  await runSql(exec, maintenance(copy), (accounts ?? ownAccount(live)).join("\n"), session);
}

async function readAccounts(
  exec: ContainerExec,
  live: MysqlTarget,
  session: ClientOptions,
): Promise<readonly string[] | null> {
  const sql = `select hex(user), hex(host) from mysql.user
where is_role = 'N' and user not in ('', 'mysql', 'mariadb.sys', 'healthcheck') and not (user = 'root' and host = 'localhost')
order by 1, 2;`;
  try {
    const names = (await runSql(exec, live, sql, session)).map(accountName);
    if (names.length === 0) return [];
    const shown = await runSql(exec, live, names.map((name) => `show create user ${name};`).join("\n"), session);
    return shown.flatMap((statement, at) => adopted(names[at] ?? "", statement));
  } catch (error) {
    if (isSluiceError(error) && error.code === "BACKUP_FAILED") return null;
    throw error;
  }
}

function accountName(line: string): string {
  const [user = "", host = ""] = line.split("\t").map((digits) => quoteName(fromHex(digits)));
  return `${user}@${host}`;
}

/** Statements that make an account be let in as another server's `SHOW CREATE USER` says. */
export function adopted(name: string, shown: string): readonly string[] {
  const how = shown.replace(/^CREATE USER/, "ALTER USER");
  const locked = / ACCOUNT LOCK\b/.test(how) ? "" : " ACCOUNT UNLOCK";
  return [
    `create user if not exists ${name};`,
    // No backup holds what the server's own administrator may do.
    ...(name.startsWith("`root`@") ? [`grant all privileges on *.* to ${name} with grant option;`] : []),
    `${how}${locked};`,
  ];
}

function ownAccount({ user, password = "", database }: MysqlTarget): readonly string[] {
  const name = `${quoteName(user)}@'%'`;
  return [
    `create user if not exists ${name};`,
    `grant all privileges on ${quoteName(database)}.* to ${name};`,
    // `IDENTIFIED BY` takes a text and nothing else.
    `alter user ${name} identified by '${password.replaceAll("\\", "\\\\").replaceAll("'", "''")}' account unlock;`,
  ];
}
