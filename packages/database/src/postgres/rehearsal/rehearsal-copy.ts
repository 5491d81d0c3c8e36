import { isSluiceError } from "@sluice/core";
import type { RehearsalCopy } from "../../driver.ts";
import type { Manifest } from "../../model/manifest.ts";
import { adoptSql } from "../adopt-sql.ts";
import { createDatabase, dropDatabaseSql, restoreDump } from "../new-database.ts";
import { probePostgres } from "../probe.ts";
import { askInTurn, type PsqlOptions, runSql } from "../psql.ts";
import { restoreRoles } from "../roles.ts";
import { type ScratchRequest, type ScratchServer, startScratch } from "../scratch.ts";
import { forgetSubscriptions } from "../subscriptions.ts";
import { maintenance, type PostgresTarget, quoteName } from "../target.ts";
import { watch } from "./watch.ts";
import { openDoorsSql, watchSettings } from "./watch-sql.ts";

/** What was restored, untouched: each rehearsal gets a copy of it. */
const pristine = "sluice_restored";
const statistics = "pg_stat_statements";

export interface RehearsalCopyRequest extends Omit<ScratchRequest, "purpose" | "settings"> {
  readonly manifest: Manifest;
  /** The live database, whose settings the copy gets too. */
  readonly live: PostgresTarget;
}

type Means = Parameters<typeof startScratch>[0];

/** @throws SluiceError IMAGE_MISSING, START_FAILED, RESTORE_FAILED and its kin */
export async function openRehearsalCopy(
  means: Means,
  { manifest, live, ...request }: RehearsalCopyRequest,
  session: PsqlOptions,
): Promise<RehearsalCopy> {
  const { exec } = means;
  const { server: running, counts } = await start(means, request, session.signal);
  const database = manifest.database.name;
  const restored: PostgresTarget = { ...running.target, database: pristine };
  const clone: PostgresTarget = { ...running.target, database };
  let roles: readonly string[] = [];
  /** What makes a clone the live database's equal: all clones have been given the same. */
  let asLive: readonly string[] | null = null;
  try {
    const { server } = await probePostgres(exec, running.target, session);
    return {
      container: running.target.container,
      server,
      notSeen: counts ? [] : [`times of single statements: the image has no ${statistics}`],
      async restore({ dump, globals }) {
        await restoreRoles(exec, running.target, { script: globals, user: live.user }, session);
        await createDatabase(exec, restored, { name: pristine, facts: manifest.database }, session);
        await restoreDump(exec, restored, dump, { ...session, withTablespaces: false });
        // The statistics of a live server are there; without any, a migration could take other ways here.
        const ready = ["analyze;", openDoorsSql, "select rolname from pg_roles;"];
        [, , roles = []] = await askInTurn(exec, restored, ready, session);
      },
      async clone() {
        // What ran on the clone before this one may have made some.
        if (asLive) await forgetSubscriptions(exec, clone, database, session);
        // Roles that were made since the backup are not here.
        asLive ??= await runSql(exec, live, `${adoptSql(live.database, database, roles)};`, session);
        const create = `create database ${quoteName(database)} template ${pristine};`;
        const adopt = asLive.map((statement) => `${statement};`);
        await runSql(exec, maintenance(clone), [dropDatabaseSql(database), create, ...adopt].join("\n"), session);
      },
      observe: () =>
        watch(
          { exec, clock: means.clock, clone, restored, counts, logTail: (lines) => running.logTail(lines) },
          session,
        ),
      [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
    };
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
}

/** With the counting of statements where the image has it; a server that lacks it does not start with it. */
async function start(
  means: Means,
  request: Omit<ScratchRequest, "purpose" | "settings">,
  signal: AbortSignal | undefined,
): Promise<{ readonly server: ScratchServer; readonly counts: boolean }> {
  const common = { ...request, purpose: "rehearse" };
  const libraries = request.preload.split(",").map((name) => name.trim());
  const preload = [...new Set([...libraries, statistics])].filter((name) => name !== "").join(",");
  const counting = [...watchSettings, `${statistics}.track=all`, `${statistics}.max=10000`];
  try {
    return { server: await startScratch(means, { ...common, preload, settings: counting }, signal), counts: true };
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "START_FAILED" || libraries.includes(statistics)) throw error;
    return { server: await startScratch(means, { ...common, settings: watchSettings }, signal), counts: false };
  }
}
