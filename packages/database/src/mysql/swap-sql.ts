import { renamedText } from "./dump-text.ts";
import type { CharacterSet, EventState, Programs, RoutineGrant } from "./programs.ts";
import { quoteName } from "./target.ts";

export interface SwapRequest {
  /** The database in use. */
  readonly live: string;
  /** Takes its place. */
  readonly fresh: string;
  /** What the live one's tables go into. */
  readonly old: string;
}

export interface SwapPrograms {
  readonly live: Programs;
  readonly fresh: Programs;
  /** A script of events that belong to the fresh one and are not in it, as a dump of the live one has them. */
  readonly events: string;
  /** The server's events are run. */
  readonly scheduled: boolean;
}

/** What is run in a row. */
export interface SwapScripts {
  /** Ends at its first error. */
  readonly script: string;
  /** Of `script` what comes after the renaming: may be run again where that ended in its middle. Empty for an undo. */
  readonly after: string;
  /**
   * Run once that is done, each statement for itself: rights, and what becomes of events that end by themselves. Those of what is
   * not there are refused.
   */
  readonly rights: string;
  /** Make anew what it dropped in a database, where it fails before it writes anything; an undo, after. */
  readonly back: { readonly live: string; readonly fresh: string };
}

/** For each of the tables that somebody holds. */
const lockWaitSeconds = 10;
const waitForLocks = `set lock_wait_timeout = ${lockWaitSeconds};`;

/**
 * Puts one database in the place of another. There is no renaming of databases: tables are renamed into others, all in one
 * statement that happens or does not. What cannot move along (triggers, views, routines, events) is dropped before and made
 * anew after. Events rest meanwhile, and those set aside are marked, so that an undo wakes them. The session is in one of the
 * three databases all the time, which it is known by.
 */
export function swapScripts({ live, fresh, old }: SwapRequest, programs: SwapPrograms): SwapScripts {
  const use = `use ${quoteName(old)};`;
  const first = [
    use,
    // Where the server's own limit is shorter, nobody is to stand behind such a wait for longer. Nothing is exchanged yet.
    `set lock_wait_timeout = cast(least(${lockWaitSeconds}, @@lock_wait_timeout) as unsigned);`,
    ...rest(programs),
    ...meetHolders(live, programs.live),
    ...dropBound(live, programs.live),
    ...dropBound(fresh, programs.fresh),
    renameSql([
      ...programs.live.tables.map((name) => [live, old, name] as const),
      ...programs.fresh.tables.map((name) => [fresh, live, name] as const),
    ]),
    "select 'renamed';",
  ];
  const woken = programs.fresh.events.filter(({ waiting }) => waiting);
  const rested = programs.live.events.filter(({ enabled }) => enabled);
  const then = [
    waitForLocks,
    // As the renaming alone does not say: a database keeps its own. What is made anew below brings that of its own along.
    alterDatabase(live, programs.fresh.characterSet),
    ...dropFree(live, programs.live),
    ...dropFree(fresh, programs.fresh),
    ...load(live, `${renamedText(allOf(programs.fresh), fresh, live)}\n${programs.events}`),
    ...woken.filter(({ ending }) => !ending).map((event) => alterEvent(live, event, "enable")),
    ...load(old, renamedText(allOf(programs.live), live, old)),
    ...rested.filter(({ ending }) => !ending).map((event) => alterEvent(old, event, "disable on slave")),
  ];
  const rights = [
    // A server makes none whose time has passed.
    ...woken.filter(({ ending }) => ending).map((event) => alterEvent(live, event, "enable")),
    ...rested.filter(({ ending }) => ending).map((event) => alterEvent(old, event, "disable on slave")),
    // Those of routines that are now set aside alone come back with them.
    ...grantSql(live, [...programs.live.grants, ...programs.fresh.grants]),
    ...grantSql(old, programs.live.grants),
  ];
  // The rest is dropped once tables are renamed, and then nothing goes back.
  const back = { live: backSql(programs.live.bound), fresh: backSql(programs.fresh.bound) };
  const script = [...first, ...then].join("\n");
  return { script, after: [use, ...then].join("\n"), rights: rights.join("\n"), back };
}

/**
 * Makes the live database and the fresh one what they were, from wherever a swap came to an end, and leaves nothing in the old one
 * that was in use.
 *
 * @param now what the three hold at this moment
 */
export function unswapScripts(
  { live, fresh, old }: SwapRequest,
  programs: SwapPrograms,
  now: { readonly live: Programs; readonly fresh: Programs; readonly old: Programs },
): SwapScripts {
  // One of them may never have held a table.
  const renamed = now.old.tables.length > 0 || (programs.fresh.tables.length > 0 && now.fresh.tables.length === 0);
  // Without tables it cannot be told how far it came.
  const isUntouched = !renamed && programs.live.tables.length + programs.fresh.tables.length > 0;
  const inPlace = "select 'in place';";
  const begin = [`use ${quoteName(old)};`, ...rest(programs)];
  // What is there needs no lock of a table, which somebody may hold: for as long as they like.
  const untouched = () => [
    ...begin,
    inPlace,
    ...remakeBound(live, programs.live, now.live),
    ...remakeBound(fresh, programs.fresh, now.fresh),
  ];
  const exchanged = () => [
    ...begin,
    ...(renamed ? [] : [inPlace]),
    ...dropBound(live, now.live),
    ...dropBound(fresh, now.fresh),
    ...dropBound(old, now.old),
    ...dropFree(live, now.live),
    ...dropFree(fresh, now.fresh),
    ...(renamed
      ? [
          renameSql([
            ...now.live.tables.map((name) => [live, fresh, name] as const),
            ...now.old.tables.map((name) => [old, live, name] as const),
          ]),
          inPlace,
        ]
      : []),
    // Who holds one of its tables would be waited for.
    ...(now.live.characterSet.collation === programs.live.characterSet.collation
      ? []
      : [alterDatabase(live, programs.live.characterSet)]),
    ...load(live, allOf(programs.live)),
    ...load(fresh, allOf(programs.fresh)),
  ];
  const script = isUntouched ? untouched() : exchanged();
  const given = { live: grantSql(live, programs.live.grants), fresh: grantSql(fresh, programs.fresh.grants) };
  const back = isUntouched
    ? { live: backSql(programs.live.bound), fresh: backSql(programs.fresh.bound) }
    : {
        live: backSql(allOf(programs.live), given.live),
        fresh: backSql(allOf(programs.fresh), given.fresh),
      };
  return { script: script.join("\n"), after: "", rights: [...given.live, ...given.fresh].join("\n"), back };
}

/** Functions come before views: who makes a view that calls one is told where that is not there. */
function allOf({ free, bound }: Programs): string {
  return `${free}\n${bound}`;
}

function backSql(text: string, grants: readonly string[] = []): string {
  return [waitForLocks, text, ...grants].join("\n");
}

/** Makes what hangs on tables what it was. A name alone says little: a dump makes each view twice, first as a place holder. */
function remakeBound(database: string, was: Programs, now: Programs): readonly string[] {
  return now.bound === was.bound ? [] : [...dropBound(database, now), ...load(database, was.bound)];
}

function rest({ scheduled }: SwapPrograms): readonly string[] {
  return scheduled ? ["set global event_scheduler = off;"] : [];
}

function grantSql(database: string, grants: readonly RoutineGrant[]): readonly string[] {
  return grants.map(({ routine, type, account, rights }) => {
    const may = rights.filter((right) => right !== "Grant").join(", ") || "usage";
    const handOn = rights.includes("Grant") ? " with grant option" : "";
    return spoken(type, `grant ${may} on ${type} ${placed(database, routine)} to ${account}${handOn};`);
  });
}

/**
 * Waits for whoever holds a table of the live database as long as nothing of it is dropped: behind the renaming, which would else be
 * the first to wait, others go on writing without triggers and find no views. Who takes a table after that is still waited for by the renaming.
 */
function meetHolders(database: string, { tables, triggers, views }: Programs): readonly string[] {
  if (tables.length === 0 || triggers.length + views.length === 0) return [];
  // One by one: MySQL with GTIDs refuses to lock tables of engines with and without transactions in one statement (1785).
  return tables.map((name) => `lock tables ${placed(database, name)} write; unlock tables;`);
}

/** What keeps tables from being renamed. */
function dropBound(database: string, { triggers, views }: Programs): readonly string[] {
  return [
    ...triggers.map((name) => `drop trigger ${placed(database, name)};`),
    ...views.map((name) => `drop view ${placed(database, name)};`),
  ];
}

function dropFree(database: string, { events, routines }: Programs): readonly string[] {
  return [
    ...events.map(({ name }) => `drop event if exists ${placed(database, name)};`),
    // A body goes with its package.
    ...routines.flatMap(({ name, type }) =>
      type === "PACKAGE BODY" ? [] : [spoken(type, `drop ${type.toLowerCase()} ${placed(database, name)};`)],
    ),
  ];
}

/** MariaDB knows packages only where it speaks Oracle's SQL. */
function spoken(type: string, sql: string): string {
  if (!type.startsWith("PACKAGE")) return sql;
  return `set @spoken = @@session.sql_mode; set session sql_mode = 'ORACLE'; ${sql} set session sql_mode = @spoken;`;
}

function renameSql(moves: readonly (readonly [from: string, to: string, name: string])[]): string {
  if (moves.length === 0) return "";
  return `rename table ${moves.map(([from, to, name]) => `${placed(from, name)} to ${placed(to, name)}`).join(", ")};`;
}

function load(database: string, script: string): readonly string[] {
  return [`use ${quoteName(database)};`, script];
}

/** Makes an empty database. */
export function createSql(database: string, characterSet: CharacterSet): string {
  return `create database ${quoteName(database)} ${clauses(characterSet)};`;
}

function alterDatabase(database: string, characterSet: CharacterSet): string {
  return `alter database ${quoteName(database)} ${clauses(characterSet)};`;
}

function clauses({ name, collation }: CharacterSet): string {
  return `character set ${name} collate ${collation}`;
}

/** An event runs as whoever has altered it last, unless that names somebody. */
function alterEvent(database: string, { name, definer }: EventState, change: string): string {
  return `alter definer = ${definer} event ${placed(database, name)} ${change};`;
}

function placed(database: string, name: string): string {
  return `${quoteName(database)}.${quoteName(name)}`;
}
