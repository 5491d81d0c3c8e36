import type { Programs } from "./programs.ts";
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
  /** A script of events that belong to the fresh one and are not in it. */
  readonly events: string;
}

/**
 * The script that puts one database in the place of another. There is no renaming of databases: tables are renamed into
 * others, all in one statement that happens or does not. What cannot move along (triggers, views, routines, events) is
 * dropped before and made anew after. Events rest meanwhile, and those set aside are marked, so that an undo wakes them.
 */
export function swapSql({ live, fresh, old }: SwapRequest, programs: SwapPrograms): string {
  return [
    "set lock_wait_timeout = 10; set global event_scheduler = off;",
    ...dropBound(live, programs.live),
    ...dropBound(fresh, programs.fresh),
    renameSql([
      ...programs.live.tables.map((name) => [live, old, name] as const),
      ...programs.fresh.tables.map((name) => [fresh, live, name] as const),
    ]),
    ...dropFree(live, programs.live),
    ...dropFree(fresh, programs.fresh),
    ...load(live, `${programs.fresh.script}\n${programs.events}`),
    ...programs.fresh.events.filter(({ waiting }) => waiting).map(({ name }) => alterEvent(live, name, "enable")),
    ...load(old, programs.live.script),
    ...programs.live.events
      .filter(({ enabled }) => enabled)
      .map(({ name }) => alterEvent(old, name, "disable on slave")),
  ].join("\n");
}

/**
 * The script that makes the live database what it was, from wherever `swapSql` came to an end.
 *
 * @param now what the three hold at this moment
 */
export function unswapSql(
  { live, fresh, old }: SwapRequest,
  programs: SwapPrograms,
  now: { readonly live: Programs; readonly fresh: Programs; readonly old: Programs },
): string {
  return [
    ...dropBound(live, now.live),
    ...dropBound(old, now.old),
    ...dropFree(live, now.live),
    // Where it is still empty, nothing was renamed.
    ...(now.old.tables.length === 0
      ? []
      : [
          renameSql([
            ...now.live.tables.map((name) => [live, fresh, name] as const),
            ...now.old.tables.map((name) => [old, live, name] as const),
          ]),
        ]),
    ...load(live, programs.live.script),
    `drop database ${quoteName(old)};`,
  ].join("\n");
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
    ...events.map(({ name }) => `drop event ${placed(database, name)};`),
    ...routines.map(({ name, type }) => `drop ${type.toLowerCase()} ${placed(database, name)};`),
  ];
}

function renameSql(moves: readonly (readonly [from: string, to: string, name: string])[]): string {
  if (moves.length === 0) return "";
  return `rename table ${moves.map(([from, to, name]) => `${placed(from, name)} to ${placed(to, name)}`).join(", ")};`;
}

function load(database: string, script: string): readonly string[] {
  return [`use ${quoteName(database)};`, script];
}

function alterEvent(database: string, name: string, change: string): string {
  return `alter event ${placed(database, name)} ${change};`;
}

function placed(database: string, name: string): string {
  return `${quoteName(database)}.${quoteName(name)}`;
}
