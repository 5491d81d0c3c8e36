import { randomBytes } from "node:crypto";
import type { Clock, ContainerExec } from "@sluice/core";
import * as z from "zod";
import type { RehearsalWatch } from "../../driver.ts";
import { type Catalog, type CatalogTable, catalogSchema } from "../../rehearsal/catalog.ts";
import { changedRows, comparedTables } from "../../rehearsal/compared-rows.ts";
import { eventMarker, parseDdlEvents } from "../../rehearsal/ddl-events.ts";
import { differenceOf } from "../../rehearsal/left-behind.ts";
import { observationsOf } from "../../rehearsal/observations.ts";
import { sameForAll } from "../fingerprint-sql.ts";
import { askInTurn, type PsqlOptions, runSql } from "../psql.ts";
import { maintenance, type PostgresTarget } from "../target.ts";
import { activitySql, catalogSql, rowsSql } from "./catalog-sql.ts";
import { parseSentSql, scriptOf } from "./sent-sql.ts";
import { goneSql, keepValuesSql } from "./values-sql.ts";
import { endsSql, markSql, statementsSql, watchSql } from "./watch-sql.ts";

export interface WatchMeans {
  readonly exec: ContainerExec;
  readonly clock: Clock;
  readonly clone: PostgresTarget;
  /** The same database as it was before. */
  readonly restored: PostgresTarget;
  /** Statements are counted. */
  readonly counts: boolean;
  logTail(lines: number): Promise<string>;
}

/** A migration of more statements than this that change the schema is not seen to its beginning. */
const mostLines = 200_000;
/** Before version 15, counts of rows are handed on at most twice a second. */
const settleMs = 700;

const rowsSchema = z.lazy(() => z.object({ oid: z.int(), rows: z.int() }));
const activitySchema = z.lazy(() => z.object({ oid: z.int(), inserted: z.int(), updated: z.int(), deleted: z.int() }));
const statementSchema = z.lazy(() =>
  z.object({
    sql: z.string(),
    ms: z.number(),
    calls: z.int(),
    longestMs: z.number(),
    rows: z.int(),
  }),
);
const endsSchema = z.lazy(() => z.object({ over: z.number(), committed: z.record(z.string(), z.number()) }));

/** Looks at the clone, and hears from then on what is done to it. */
export async function watch(means: WatchMeans, session: PsqlOptions): Promise<RehearsalWatch> {
  const { exec, clone, clock } = means;
  const askServer = (sql: string) => runSql(exec, maintenance(clone), sql, session);
  const id = randomBytes(8).toString("hex");
  const mark = `${eventMarker}-from-here ${id}`;
  const [state = []] = await askInTurn(exec, clone, [stateSql, watchSql(id), markSql(mark)], session);
  const before = parseState(state);
  let sent: readonly string[] = [];
  let touched: ReadonlySet<number> = new Set();
  if (means.counts) {
    const counting = "create extension if not exists pg_stat_statements; select pg_stat_statements_reset();";
    await askServer(counting);
  }
  return {
    async finish() {
      // Before the clone is asked anything: the server counts that, too.
      const [statements] = await Promise.all([
        means.counts ? askServer(statementsSql(clone.database)) : [],
        clock.sleep(settleMs, session.signal),
      ]);
      const log = await means.logTail(mostLines);
      const events = parseDdlEvents(log, id);
      sent = parseSentSql(log, mark).map(scriptOf);
      const end = [activitySql, endsSql([...new Set(events.map(({ xid }) => xid))]), stateSql];
      const [counted = [], [ends = "{}"] = [], now = []] = await askInTurn(exec, clone, end, session);
      const activity = counted.map((line) => activitySchema.parse(JSON.parse(line)));
      touched = new Set(activity.filter(({ updated, deleted }) => updated + deleted > 0).map(({ oid }) => oid));
      const after = parseState(now);
      const { over, committed } = endsSchema.parse(JSON.parse(ends));
      return observationsOf({
        before,
        after,
        events,
        ends: { over, committed: new Map(Object.entries(committed)) },
        statements: statements.map((line) => statementSchema.parse(JSON.parse(line))),
        activity,
        changed: await changedByTable(means, { before, after, touched }, session),
      });
    },
    sent: () => sent,
    async difference() {
      const after = parseState(await runSql(exec, clone, stateSql, session));
      const rows = (state: State) => (oid: number) => state.rows.get(oid) ?? 0;
      // What the release that serves did on the copy since is none of the migration.
      const changed = await changedByTable(means, { before, after, touched }, session);
      return differenceOf(before.catalog, after.catalog, {
        rowsBefore: rows(before),
        rowsAfter: rows(after),
        valuesChanged: (oid) => (changed.get(oid) ?? 0) > 0,
      });
    },
  };
}

interface State {
  readonly catalog: Catalog;
  /** Exact numbers of rows by oid of the table. */
  readonly rows: ReadonlyMap<number, number>;
}

const stateSql = `${sameForAll}\n${catalogSql}\n${rowsSql}`;

function parseState(lines: readonly string[]): State {
  const parsed = lines.filter((line) => line.startsWith("{"));
  const [catalog = "{}", ...rows] = parsed;
  const counted = rows.map((line) => rowsSchema.parse(JSON.parse(line)));
  return {
    catalog: catalogSchema.parse(JSON.parse(catalog)),
    rows: new Map(counted.map(({ oid, rows: count }) => [oid, count])),
  };
}

/** By oid, of the tables that were compared: how many rows hold something else in the columns that their table kept. */
async function changedByTable(
  { exec, clone, restored }: WatchMeans,
  { before, after, touched }: { readonly before: State; readonly after: State; readonly touched: ReadonlySet<number> },
  session: PsqlOptions,
): Promise<ReadonlyMap<number, number>> {
  const changed = new Map<number, number>();
  const isTouched = ({ oid }: CatalogTable) => touched.has(oid);
  for (const { was, is, kept } of comparedTables(before.catalog, after.catalog, isTouched)) {
    const [then, now] = [kept.map(([column]) => column.name), kept.map(([, column]) => column.name)];
    const keep = keepValuesSql({ table: was.name, columns: then });
    await runSql(exec, restored, `${sameForAll}\n${keep}`, session);
    const compare = goneSql({ table: is.name, columns: now });
    const [gone] = (await runSql(exec, clone, `${sameForAll}\n${compare}`, session)).slice(-1);
    const rows = ({ rows: counted }: State) => counted.get(was.oid) ?? 0;
    changed.set(was.oid, changedRows(Number(gone), rows(before), rows(after)));
  }
  return changed;
}
