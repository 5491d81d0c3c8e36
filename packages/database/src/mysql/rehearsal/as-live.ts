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
  "sql_require_primary_key",
  "sql_generate_invisible_primary_key",
  "default_collation_for_utf8mb4",
  "explicit_defaults_for_timestamp",
  "restrict_fk_on_non_standard_key",
  "log_bin_trust_function_creators",
  "activate_all_roles_on_login",
];

/** Where each kind of server lists them. */
const listed = {
  mariadb: ["global_value", "information_schema.system_variables where read_only = 'NO' and"],
  mysql: ["variable_value", "performance_schema.global_variables where"],
} as const;

/**
 * Options that a server needs at its start to decide as another one does. With a log for replication, which MySQL keeps by
 * default, not everybody may make a trigger or a function.
 *
 * @throws SluiceError
 */
export async function startOptions(
  exec: ContainerExec,
  live: MysqlTarget,
  session: ClientOptions,
): Promise<readonly string[]> {
  const [logs] = await runSql(exec, live, "select @@log_bin;", session);
  return logs === "1" ? ["--log-bin"] : [];
}

/** Gives a server the settings of another that decide how migrations run. @throws SluiceError */
export async function adoptSettings(
  exec: ContainerExec,
  { live, copy }: { readonly live: MysqlTarget; readonly copy: MysqlTarget },
  session: ClientOptions,
): Promise<void> {
  const names = settings.map((name) => quoteText(name)).join(", ");
  const [value, where] = listed[live.kind];
  const sql = `select lower(variable_name), hex(${value}) from ${where} lower(variable_name) in (${names});`;
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
  const accounts = (await readAccounts(exec, live, session)) ?? [ownAccount(live)];
  const run = (statements: readonly string[]) =>
    runSql(exec, maintenance(copy), [asWritten, ...statements].join("\n"), session);
  await run(accounts.flatMap(({ statements }) => statements));
  for (const { roles } of accounts) {
    // One that was given to it since the backup is not its own in the copy.
    if (roles !== null) await run([roles]).catch(() => undefined);
  }
}

/** How servers show accounts, and are told of them: with digests of MySQL's kind, which hold any byte, as digits. */
const asWritten = "set sql_mode = ''; /*!80017 set print_identified_with_as_hex = on */;";

/** What makes an account of one server be let into another. */
export interface Adopted {
  readonly statements: readonly string[];
  /** Sets the roles that it has from the start; `null` for none. */
  readonly roles: string | null;
}

async function readAccounts(
  exec: ContainerExec,
  live: MysqlTarget,
  session: ClientOptions,
): Promise<readonly Adopted[] | null> {
  const isAccount = live.kind === "mariadb" ? "is_role = 'N' and" : "";
  const own = ["", "mysql", "mariadb.sys", "mysql.sys", "mysql.session", "mysql.infoschema", "healthcheck"];
  const sql = `select hex(user), hex(host) from mysql.user
where ${isAccount} user not in (${own.map(quoteText).join(", ")}) and not (user = 'root' and host = 'localhost')
order by 1, 2;`;
  try {
    const names = (await runSql(exec, live, sql, session)).map(accountName);
    if (names.length === 0) return [];
    const show = [asWritten, ...names.map((name) => `show create user ${name};`)].join("\n");
    const shown = await runSql(exec, live, show, session);
    return shown.map((statement, at) => adopted(names[at] ?? "", statement));
  } catch (error) {
    if (isSluiceError(error) && error.code === "BACKUP_FAILED") return null;
    throw error;
  }
}

function accountName(line: string): string {
  const [user = "", host = ""] = line.split("\t").map((digits) => quoteName(fromHex(digits)));
  return `${user}@${host}`;
}

/** As another server's `SHOW CREATE USER` says. */
export function adopted(name: string, shown: string): Adopted {
  // MySQL's alone, and for accounts that are new: roles in front of what it says of encryption.
  const [, before, roles, after] = /^(.*?) DEFAULT ROLE (.*?)( REQUIRE .*)$/s.exec(shown) ?? [];
  const how = (roles === undefined ? shown : `${before}${after}`).replace(/^CREATE USER/, "ALTER USER");
  const locked = / ACCOUNT (?:UN)?LOCK\b/.test(how) ? "" : " ACCOUNT UNLOCK";
  return {
    statements: [
      `create user if not exists ${name};`,
      // No backup holds what the server's own administrator may do.
      ...(name.startsWith("`root`@") ? [`grant all privileges on *.* to ${name} with grant option;`] : []),
      `${how}${locked};`,
    ],
    roles: roles === undefined ? null : `alter user ${name} default role ${roles};`,
  };
}

function ownAccount({ user, password = "", database }: MysqlTarget): Adopted {
  const name = `${quoteName(user)}@'%'`;
  return {
    statements: [
      `create user if not exists ${name};`,
      `grant all privileges on ${quoteName(database)}.* to ${name};`,
      // `IDENTIFIED BY` takes a text and nothing else.
      `alter user ${name} identified by '${password.replaceAll("\\", "\\\\").replaceAll("'", "''")}' account unlock;`,
    ],
    roles: null,
  };
}
