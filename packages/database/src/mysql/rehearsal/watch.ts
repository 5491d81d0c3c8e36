import type { Clock, ContainerExec } from "@sluice/core";
import * as z from "zod";
import type { RehearsalWatch } from "../../driver.ts";
import { answersInTurn, inTurn } from "../../process/in-turn.ts";
import { followedCatalogs } from "../../rehearsal/by-name/follow.ts";
import type { Catalog, CatalogTable } from "../../rehearsal/catalog.ts";
import { changedRows, comparedTables } from "../../rehearsal/compared-rows.ts";
import { differenceOf } from "../../rehearsal/left-behind.ts";
import { type ClientOptions, runSql } from "../client.ts";
import { sameForAll } from "../fingerprint-sql.ts";
import { fromHex, type MysqlTarget, maintenance } from "../target.ts";
import { watchLocks } from "./lock-watch.ts";
import { type Moment, mysqlObservations } from "./observations.ts";
import { readState } from "./read-state.ts";
import { rowsSql } from "./schema-sql.ts";
import { statementSchema } from "./statements.ts";
import { goneSql } from "./values-sql.ts";
import { activitySql, forgetSql, statementsSql } from "./watch-sql.ts";

export interface WatchMeans {
  readonly exec: ContainerExec;
  readonly clock: Clock;
  readonly clone: MysqlTarget;
  /** Of their server, see `parseMajor`. */
  readonly major: number;
  /** The same database as it was before. */
  readonly restored: MysqlTarget;
}

const activitySchema = z.lazy(() =>
  z.object({ table: z.string(), inserted: z.number(), updated: z.number(), deleted: z.number() }),
);

/** Looks at the clone, and has the server keep what is done to it from then on. */
export async function watch(means: WatchMeans, session: ClientOptions): Promise<RehearsalWatch> {
  const { exec, clock, clone } = means;
  const before = await look(means, session);
  const locks = await watchLocks(exec, clock, clone, session);
  await runSql(exec, maintenance(clone), forgetSql, session);
  let touched: ReadonlySet<string> = new Set();
  return {
    async finish() {
      const seen = await locks.finish();
      const asked = inTurn([statementsSql(clone.database), activitySql(clone.database)]);
      const answers = answersInTurn(await runSql(exec, maintenance(clone), asked, session));
      const [statements = [], told = []] = answers;
      const activity = told.map((line) => activitySchema.parse(JSON.parse(line)));
      touched = new Set(activity.filter(({ updated, deleted }) => updated + deleted > 0).map(({ table }) => table));
      const after = await look(means, session);
      return mysqlObservations({
        before,
        after,
        statements: statements.map((line) => statementSchema.parse(JSON.parse(line))),
        locks: seen,
        activity,
        changed: await changedByTable(means, { before, after, touched }, session),
      });
    },
    async difference() {
      const after = await look(means, session);
      const catalogs = followedCatalogs(before.state, after.state);
      const nameIn =
        ({ tables }: Catalog) =>
        (oid: number) =>
          tables.find((table) => table.oid === oid)?.name ?? "";
      const [was, is] = [nameIn(catalogs.before), nameIn(catalogs.after)];
      // What the release that serves did on the copy since is none of the migration.
      const changed = await changedByTable(means, { before, after, touched }, session);
      return differenceOf(catalogs.before, catalogs.after, {
        rowsBefore: (oid) => before.rows.get(was(oid)) ?? 0,
        rowsAfter: (oid) => after.rows.get(is(oid)) ?? 0,
        valuesChanged: (oid) => (changed.get(was(oid)) ?? 0) > 0,
      });
    },
  };
}

async function look({ exec, clone, major }: WatchMeans, session: ClientOptions): Promise<Moment> {
  const state = await readState(exec, clone, major, session);
  const counted = state.tables.length === 0 ? [] : await runSql(exec, clone, rowsSql(state), session);
  const rows = counted.map((line) => line.split("\t"));
  return { state, rows: new Map(rows.map(([name = "", count]) => [fromHex(name), Number(count)])) };
}

/** By name before, of the tables that were compared: how many rows hold something else in the columns that their table kept. */
async function changedByTable(
  { exec, clone, restored }: WatchMeans,
  {
    before,
    after,
    touched,
  }: { readonly before: Moment; readonly after: Moment; readonly touched: ReadonlySet<string> },
  session: ClientOptions,
): Promise<ReadonlyMap<string, number>> {
  const changed = new Map<string, number>();
  const catalogs = followedCatalogs(before.state, after.state);
  const isTouched = (was: CatalogTable, is: CatalogTable) => touched.has(was.name) || touched.has(is.name);
  for (const { was, is, kept } of comparedTables(catalogs.before, catalogs.after, isTouched)) {
    const then = { database: restored.database, table: was.name, columns: kept.map(([column]) => column) };
    const now = { database: clone.database, table: is.name, columns: kept.map(([, column]) => column) };
    const [gone] = await runSql(exec, clone, `${sameForAll}\n${goneSql(clone.kind, then, now)}`, session);
    const [rowsBefore, rowsAfter] = [before.rows.get(was.name) ?? 0, after.rows.get(is.name) ?? 0];
    changed.set(was.name, changedRows(Number(gone), rowsBefore, rowsAfter));
  }
  return changed;
}
