import { type ContainerExec, SluiceError } from "@sluice/core";
import { reasonOf } from "../process/reason-of.ts";
import { type ClientOptions, runSql } from "./client.ts";
import { accountOf, quotedAccount } from "./definers.ts";
import { routineRightsHint } from "./routine-rights.ts";
import {
  clientEnvironment,
  fromHex,
  type MysqlTarget,
  maintenance,
  programsOf,
  quoteName,
  quoteText,
} from "./target.ts";

/** What a new table gets that names none itself. */
export interface CharacterSet {
  readonly name: string;
  readonly collation: string;
}

/** What a database holds besides rows, as scripts that make it anew; and the names of what rows are in. */
export interface Programs {
  readonly characterSet: CharacterSet;
  /** Tables and sequences: what can be renamed. */
  readonly tables: readonly string[];
  readonly views: readonly string[];
  readonly triggers: readonly string[];
  readonly events: readonly EventState[];
  readonly routines: readonly { readonly name: string; readonly type: string }[];
  readonly grants: readonly RoutineGrant[];
  /** Makes what hangs on tables: the triggers; and the views, which must come after tables. */
  readonly bound: string;
  /** Makes the routines and events. */
  readonly free: string;
}

export interface EventState {
  readonly name: string;
  /** As statements name the account that it runs as. */
  readonly definer: string;
  readonly enabled: boolean;
  /** It was set aside, and is to run again where it comes back. */
  readonly waiting: boolean;
  /** It ends by itself, and may be gone, or come back as nothing, at any moment. */
  readonly ending: boolean;
}

/** What an account may do with a routine. Servers forget it with the routine. */
export interface RoutineGrant {
  readonly routine: string;
  readonly type: string;
  /** As statements name it. */
  readonly account: string;
  /** As statements name them; the one to hand them on is `Grant`. */
  readonly rights: readonly string[];
}

const quiet = ["--skip-comments", "--no-data", "--no-create-db", "--no-tablespaces", "--skip-lock-tables"];

/**
 * By one connection at a time: a server has only so many, and the application holds its own.
 *
 * @throws SluiceError RESTORE_FAILED, DATABASE_UNREACHABLE
 */
export async function readPrograms(
  exec: ContainerExec,
  target: MysqlTarget,
  database: string,
  options: ClientOptions,
): Promise<Programs> {
  const name = quoteText(database);
  const isRole =
    target.kind === "mariadb"
      ? "exists (select 1 from mysql.user u where u.user = p.user and u.host = p.host and u.is_role = 'Y')"
      : "0";
  const sql = `
select 'set', hex(default_character_set_name), default_collation_name from information_schema.schemata where schema_name = ${name};
select 'table', hex(table_name), '' from information_schema.tables
  where table_schema = ${name} and table_type in ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE');
select 'view', hex(table_name), '' from information_schema.views where table_schema = ${name};
select 'trigger', hex(trigger_name), '' from information_schema.triggers where trigger_schema = ${name};
select 'event', hex(event_name), status, hex(definer), event_type = 'RECURRING' and ends is null
  from information_schema.events where event_schema = ${name};
select 'routine', hex(routine_name), routine_type from information_schema.routines where routine_schema = ${name};
select 'grant', hex(routine_name), routine_type, hex(user), hex(host), ${isRole}, proc_priv from mysql.procs_priv p where db = ${name};`;
  const rows = (await runSql(exec, maintenance(target), sql, options)).map((line) => line.split("\t"));
  const of = (kind: string) => rows.filter(([found]) => found === kind);
  const [[, digits = "", collation = ""] = []] = of("set");
  const namesOf = (kind: string) => of(kind).map(([, digits = ""]) => fromHex(digits));
  const views = namesOf("view");
  const dump = (args: readonly string[]) => dumpText(exec, target, [...quiet, ...args], options);
  const noTriggers = namesOf("trigger").length === 0;
  const triggers = noTriggers ? "" : await dump(["--no-create-info", "--triggers", "--", database]);
  const free = await dump(["--no-create-info", "--skip-triggers", "--routines", "--events", "--", database]);
  const shown = views.length > 0 ? await dump(["--skip-triggers", "--", database, ...views]) : "";
  return {
    characterSet: { name: fromHex(digits), collation },
    tables: namesOf("table"),
    views,
    triggers: namesOf("trigger"),
    events: of("event").map(([, digits = "", status, definer = "", lasts]) => ({
      name: fromHex(digits),
      definer: quotedAccount(accountOf(fromHex(definer))),
      enabled: status === "ENABLED",
      waiting: status === "SLAVESIDE_DISABLED" || status === "REPLICA_SIDE_DISABLED",
      ending: lasts !== "1",
    })),
    routines: of("routine").map(([, digits = "", type = ""]) => ({ name: fromHex(digits), type })),
    grants: of("grant").map(parseGrant),
    bound: `${triggers}\n${shown}`,
    free,
  };
}

function parseGrant([, routine = "", type = "", user = "", host = "", isRole, rights = ""]: readonly string[]) {
  const name = quoteName(fromHex(user));
  return {
    routine: fromHex(routine),
    type,
    account: isRole === "1" ? name : `${name}@${quoteName(fromHex(host))}`,
    rights: rights.split(",").filter((right) => right !== ""),
  };
}

async function dumpText(
  exec: ContainerExec,
  target: MysqlTarget,
  args: readonly string[],
  { session, signal }: ClientOptions,
): Promise<string> {
  const ofKind = target.kind === "mysql" ? ["--set-gtid-purged=OFF"] : [];
  const command = [programsOf(target.kind).dump, `--user=${target.user}`, ...ofKind, ...args];
  const environment = clientEnvironment(target, session);
  const { exitCode, stdout, stderr } = await exec.exec(target.container, command, { environment, signal });
  if (exitCode === 0) return Buffer.from(stdout).toString("utf8");
  throw new SluiceError("RESTORE_FAILED", `the database's programs cannot be read: ${reasonOf(stderr) ?? exitCode}`, {
    hint: routineRightsHint(stderr, target),
    detail: stderr.trim(),
  });
}
