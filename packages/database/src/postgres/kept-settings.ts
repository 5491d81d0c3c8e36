import type { ContainerExec, Finding } from "@sluice/core";
import { adoptSql } from "./adopt-sql.ts";
import { type PsqlOptions, runSql } from "./psql.ts";
import { maintenance, type PostgresTarget, quoteName } from "./target.ts";

/** What lines of the script of roles begin with that say what belongs to the database besides its content; to a server they are comments. */
const mark = "-- of the database: ";

/**
 * Statements that give a database called `name` what belongs to the target's besides its content.
 *
 * @param asked the database whose session asks. Default: that of maintenance, as the target's own may take none
 * @throws SluiceError DATABASE_UNREACHABLE, BACKUP_FAILED
 */
export async function readSettings(
  exec: ContainerExec,
  target: PostgresTarget,
  name: string,
  options: PsqlOptions,
  asked = maintenance(target),
): Promise<readonly string[]> {
  // A comment on a database may have several lines.
  const sql = `select to_json(statement) from (${adoptSql(target.database, name)}) adopt (statement);`;
  return (await runSql(exec, asked, sql, options)).map((line) => JSON.parse(line) as string);
}

/** Writes them beside the roles. Values of settings may be secret, and are kept as the roles and the rows are. */
export function keepSettings(roles: Uint8Array, statements: readonly string[]): Buffer {
  const lines = statements.map((statement) => `${mark}${JSON.stringify(statement)}\n`);
  return Buffer.concat([roles, Buffer.from(lines.join(""))]);
}

function keptSettings(script: string): readonly string[] {
  return script
    .split("\n")
    .filter((line) => line.startsWith(mark))
    .map((line) => JSON.parse(line.slice(mark.length)) as string);
}

interface Asked {
  /** Of the backup. */
  readonly id: string;
  /** Of the database that it was taken of: the one that statements name. */
  readonly name: string;
  /** Whose place it would take. */
  readonly live: string;
}

/**
 * What belonged to a database when it was backed up, and does not to the live one, whose settings a restored one gets; `null` where that is
 * nothing. What is set otherwise since is meant to be. Pure.
 *
 * @param script of roles, as the backup keeps it
 * @param now as `readSettings` gives it, for the name that the backup was taken of
 */
export function settingsGone(script: string, now: readonly string[], { id, name, live }: Asked): Finding | null {
  const known = new Set(now.map(subjectOf));
  const gone = keptSettings(script).filter(
    (statement) => !known.has(subjectOf(statement)) && !stopsWrites.test(statement),
  );
  if (gone.length === 0) return null;
  const shown = gone.map((statement) => withoutSecret(named(statement, name, live)));
  const isAnyHidden = shown.some((statement) => statement.endsWith(hidden));
  return {
    severity: "warn",
    code: "settings-gone",
    message: `${live} lacks what belonged to the database itself when backup ${id} was taken, and a restore does not bring it back: owner, settings, rights, limit or comment`,
    hint: `where it is not meant to be gone: ${shown.join("; ")}${isAnyHidden ? ` (what … stands for is in ${id}.globals where the backups lie, encrypted where they are)` : ""}`,
  };
}

/**
 * What a swap could not give the database that it put in place, as whoever asked for it may not; `null` where that is nothing. Pure.
 *
 * @param aside what the one that had it is called now
 * @param settings its own `before`, and `now` those of the one in its place, as `readSettings` gives both for one name
 */
export function settingsRefused(
  { user, database }: PostgresTarget,
  aside: string,
  { before, now }: { readonly before: readonly string[]; readonly now: readonly string[] },
): Finding | null {
  const left = before.filter((statement) => !now.includes(statement));
  if (left.length === 0) return null;
  return {
    severity: "warn",
    code: "settings-gone",
    message: `${database} lacks what was set of ${aside} before, as ${user} may not set it`,
    hint: `as a superuser: ${left.map(withoutSecret).join("; ")}${left.some((one) => withoutSecret(one).endsWith(hidden)) ? ` (what … stands for is among the settings of ${aside})` : ""}`,
  };
}

/** Set for the time of a last backup, as a rule; nobody is to be told to stop writes once more. */
const stopsWrites = /^alter .+? set default_transaction_read_only to /s;

/** What a statement is about, without the value where there is one that may be another since. */
function subjectOf(statement: string): string {
  const [, subject] =
    /^(alter .+? set \S+) to /s.exec(statement) ??
    /^(alter database .+ with connection limit) \d+$/s.exec(statement) ??
    /^(comment on database .+? is) /s.exec(statement) ??
    [];
  return subject ?? statement;
}

/** The same statement of a database of another name. */
function named(statement: string, name: string, live: string): string {
  if (name === live) return statement;
  const form = [` database ${name} `, ` database ${quoteName(name)} `].find((one) => statement.includes(one));
  return form === undefined ? statement : statement.replace(form, () => ` database ${quoteName(live)} `);
}

const hidden = " to …";

/** Settings of applications and extensions have a dot in their names, and are where keys and passwords are kept. */
function withoutSecret(statement: string): string {
  return statement.replace(/^(alter .+? set "?\w+\.\S+) to .*$/s, `$1${hidden}`);
}
