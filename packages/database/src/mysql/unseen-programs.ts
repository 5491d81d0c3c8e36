import type { ContainerExec } from "@sluice/core";
import { type ClientOptions, runSql } from "./client.ts";
import { type MysqlTarget, quoteName } from "./target.ts";

/**
 * What servers leave out of a dump without a word, as its account may not see it; for people, empty where it sees all. The
 * rules are those of `information_schema.routines` and `show triggers`
 * (https://dev.mysql.com/doc/refman/9.7/en/information-schema-routines-table.html, https://mariadb.com/kb/en/show-triggers/).
 *
 * @throws SluiceError DATABASE_UNREACHABLE
 */
export async function readUnseenPrograms(
  exec: ContainerExec,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<readonly string[]> {
  return unseenPrograms(await runSql(exec, target, "show grants;", options), target);
}

/** @param grants what `show grants` says of the account, with those of the roles that it has taken */
export function unseenPrograms(
  grants: readonly string[],
  { kind, user, database }: Pick<MysqlTarget, "kind" | "user" | "database">,
): readonly string[] {
  const given = grants.flatMap(parseGrant);
  const has = (rights: readonly string[], isWhere: (scope: Scope) => boolean) =>
    given.some((one) => isWhere(one) && (one.isAll || one.rights.some((right) => rights.includes(right))));
  const isOver = (scope: Scope) => matches(scope.database, database) && scope.table === "*";
  const isGlobal = ({ database: name, table }: Scope) => name === "%" && table === "*";
  const isOfRoutines = ({ database: name, table }: Scope) => matches(name, "mysql") && ["*", "proc"].includes(table);
  const seesRoutines =
    has(["EXECUTE", "CREATE ROUTINE", "ALTER ROUTINE", "SHOW CREATE ROUTINE"], isOver) ||
    has(["SHOW_ROUTINE", "SELECT"], isGlobal) ||
    has(["SELECT"], isOfRoutines);
  const account = quoteName(user);
  const unseen = (what: string, right: string) =>
    `${what} that account ${account} may not see: grant ${right} to ${account}`;
  return [
    ...(seesRoutines ? [] : [unseen("routines", kind === "mysql" ? "show_routine on *.*" : "select on mysql.proc")]),
    ...(has(["TRIGGER"], isOver) ? [] : [unseen("triggers", `trigger on ${quoteName(database)}.*`)]),
  ];
}

interface Scope {
  /** A pattern, as for `like`. */
  readonly database: string;
  /** `*` for all. */
  readonly table: string;
}

interface Grant extends Scope {
  readonly isAll: boolean;
  readonly rights: readonly string[];
}

const name = '(?:\\*|[`"](?:[^`"]|``|"")*[`"])';
const grantLine = new RegExp(`^GRANT (.+?) ON (?:TABLE )?(${name})\\.(${name}) TO `);

/** None of what gives a role, a routine or a proxy. */
function parseGrant(line: string): Grant[] {
  const [, rights = "", database = "", table = ""] = grantLine.exec(line) ?? [];
  if (rights === "") return [];
  return [
    {
      database: database === "*" ? "%" : unquoted(database),
      table: table === "*" ? table : unquoted(table),
      isAll: /^ALL PRIVILEGES\b/.test(rights),
      rights: rights.split(", "),
    },
  ];
}

const unquoted = (text: string) => text.slice(1, -1).replaceAll("``", "`");

/** As the server compares a database with the pattern of a grant. */
function matches(pattern: string, database: string): boolean {
  let expression = "";
  for (const [part] of pattern.matchAll(/\\?[^]/g)) {
    if (part === "%") expression += "[^]*";
    else if (part === "_") expression += "[^]";
    else expression += part.slice(-1).replace(/\W/, "\\$&");
  }
  return new RegExp(`^${expression}$`).test(database);
}
