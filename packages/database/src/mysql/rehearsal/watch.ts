import type { Clock, ContainerExec } from "@sluice/core";
import * as z from "zod";
import type { RehearsalWatch } from "../../driver.ts";
import { followedCatalogs } from "../../rehearsal/by-name/follow.ts";
import type { Catalog } from "../../rehearsal/catalog.ts";
import { differenceOf } from "../../rehearsal/left-behind.ts";
import { type ClientOptions, runSql } from "../client.ts";
import { sameForAll } from "../fingerprint-sql.ts";
import { fromHex, type MysqlTarget, maintenance } from "../target.ts";
import { watchLocks } from "./lock-watch.ts";
import { type Moment, mysqlObservations } from "./observations.ts";
import { readState } from "./read-state.ts";
import { rowsSql } from "./schema-sql.ts";
import { statementSchema } from "./statements.ts";
import { comparableSql } from "./values-sql.ts";
import { activitySql, forgetSql, statementsSql } from "./watch-sql.ts";

export interface WatchMeans {
  readonly exec: ContainerExec;
  readonly clock: Clock;
  readonly clone: MysqlTarget;
  /** The same database as it was before. */
  readonly restored: MysqlTarget;
}

const activitySchema = z.object({ table: z.string(), inserted: z.number(), updated: z.number(), deleted: z.number() });

/** Looks at the clone, and has the server keep what is done to it from then on. */
export async function watch(means: WatchMeans, session: ClientOptions): Promise<RehearsalWatch> {
  const { exec, clock, clone } = means;
  const before = await look(means, session);
  const locks = await watchLocks(exec, clock, clone, session);
  await runSql(exec, maintenance(clone), forgetSql, session);
  return {
    async finish() {
      const seen = await locks.finish();
      const ask = (sql: string) => runSql(exec, maintenance(clone), sql, session);
      const statements = await ask(statementsSql(clone.database));
      const activity = await ask(activitySql(clone.database));
      const after = await look(means, session);
      return mysqlObservations({
        before,
        after,
        statements: statements.map((line) => statementSchema.parse(JSON.parse(line))),
        locks: seen,
        activity: activity.map((line) => activitySchema.parse(JSON.parse(line))),
        valuesChanged: await changedValues(means, before, after, session),
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
      const changed = await changedValues(means, before, after, session);
      return differenceOf(catalogs.before, catalogs.after, {
        rowsBefore: (oid) => before.rows.get(was(oid)) ?? 0,
        rowsAfter: (oid) => after.rows.get(is(oid)) ?? 0,
        valuesChanged: (oid) => changed.get(was(oid)) ?? false,
      });
    },
  };
}

async function look({ exec, clone }: WatchMeans, session: ClientOptions): Promise<Moment> {
  const state = await readState(exec, clone, session);
  const counted = state.tables.length === 0 ? [] : await runSql(exec, clone, rowsSql(state), session);
  const rows = counted.map((line) => line.split("\t"));
  return { state, rows: new Map(rows.map(([name = "", count]) => [fromHex(name), Number(count)])) };
}

/** Of tables that were written anew: whether what they kept is still what it was. */
async function changedValues(
  { exec, clone, restored }: WatchMeans,
  before: Moment,
  after: Moment,
  session: ClientOptions,
): Promise<ReadonlyMap<string, boolean>> {
  const changed = new Map<string, boolean>();
  const catalogs = followedCatalogs(before.state, after.state);
  for (const { table, was, is } of comparableSql(clone.kind, catalogs.before, catalogs.after)) {
    const [then] = await runSql(exec, restored, `${sameForAll}\n${was}`, session);
    const [now] = await runSql(exec, clone, `${sameForAll}\n${is}`, session);
    changed.set(table, then !== now);
  }
  return changed;
}
