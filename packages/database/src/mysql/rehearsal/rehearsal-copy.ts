import { type Clock, type ContainerExec, SluiceError, type ThrowAwayContainers } from "@sluice/core";
import type { RehearsalCopy } from "../../driver.ts";
import type { Manifest } from "../../model/manifest.ts";
import { orDispose } from "../../process/or-dispose.ts";
import { reasonOf } from "../../process/reason-of.ts";
import { restoreAccounts } from "../accounts.ts";
import { type ClientOptions, runSql } from "../client.ts";
import { foreignViewsText, renamedDump, withForeignViewsEmpty } from "../dump-text.ts";
import { probeMysql } from "../probe.ts";
import { createDatabase, createDatabaseSql, dropDatabaseSql, restoreDump, restoreFailure } from "../restore.ts";
import { startScratch } from "../scratch.ts";
import { clientCommand, clientEnvironment, type MysqlTarget, maintenance } from "../target.ts";
import { adoptAccounts, adoptSettings, startOptions } from "./as-live.ts";
import { watch } from "./watch.ts";
import { watchSettings } from "./watch-sql.ts";

/** What was restored, untouched: each rehearsal gets a copy of it. */
const pristine = "sluice_restored";
const kept = "/tmp/sluice-rehearsal.sql";

export interface RehearsalCopyRequest {
  readonly stack: string;
  readonly image: string;
  readonly memoryBytes: number;
  readonly manifest: Manifest;
  /** The live database, whose accounts and settings the copy gets too. */
  readonly live: MysqlTarget;
}

const notSeen = [
  "a failure half-way in production: this server takes no change of a schema back",
  "who would wait for a lock that is held for less than 50 ms; whether tables of other engines than InnoDB are written anew",
  "values that only the cascade of a foreign key overwrote; how long single statements of a procedure lock rows",
];

interface Means {
  readonly exec: ContainerExec;
  readonly throwAway: ThrowAwayContainers;
  readonly clock: Clock;
}

/** @throws SluiceError IMAGE_MISSING, START_FAILED, RESTORE_FAILED and its kin */
export async function openRehearsalCopy(
  means: Means,
  { stack, image, memoryBytes, manifest, live }: RehearsalCopyRequest,
  session: ClientOptions,
): Promise<RehearsalCopy> {
  const { exec, clock } = means;
  const { database } = manifest;
  const asLive = manifest.server.preload.split(" ").filter((option) => option !== "");
  const settings = [...asLive, ...(await startOptions(exec, live, session)), ...watchSettings];
  const request = {
    stack,
    image,
    kind: live.kind,
    database: database.name,
    settings,
    memoryBytes,
    purpose: "rehearse",
  };
  return orDispose(await startScratch(means, request, session.signal), async (running) => {
    const clone = running.target;
    const restored = { ...clone, database: pristine };
    await createDatabase(exec, restored, database, session);
    const { server } = await probeMysql(exec, restored, session);
    const foreignViews = new Set<string>();
    return {
      container: clone.container,
      server,
      get notSeen() {
        return [...notSeen, ...foreignViewsText([...foreignViews])];
      },
      async restore({ dump, globals }) {
        const known = withForeignViewsEmpty(dump, database.name, (view) => foreignViews.add(view));
        await keep(exec, clone.container, asItWas(known), session);
        const read = readKept(exec, clone.container, session);
        await restoreDump(exec, restored, renamedDump(read, database.name, pristine), session);
        if (globals !== null) await restoreAccounts(exec, clone, globals, session);
        await adoptSettings(exec, { live, copy: clone }, session);
        await adoptAccounts(exec, { live, copy: clone }, session);
      },
      async clone() {
        const anew = [dropDatabaseSql(database.name), createDatabaseSql(database.name, database)];
        await runSql(exec, maintenance(clone), anew.join("\n"), session);
        await loadKept(exec, clone, session);
      },
      observe: () => watch({ exec, clock, clone, major: server.major, restored }, session),
      [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
    };
  });
}

/**
 * Puts the dump into a file of the container, as clones get it: it is read in once for each, as a server of this kind can copy no
 * database.
 */
async function keep(
  exec: ContainerExec,
  container: string,
  dump: AsyncIterable<Uint8Array>,
  { signal }: ClientOptions,
): Promise<void> {
  const { exitCode, stderr } = await exec.exec(container, ["dd", `of=${kept}`, "bs=65536"], { stdin: dump, signal });
  if (exitCode === 0) return;
  throw new SluiceError("RESTORE_FAILED", `the dump cannot be kept in the throw-away server: ${reasonOf(stderr)}`, {
    detail: stderr.trim(),
  });
}

async function* readKept(
  exec: ContainerExec,
  container: string,
  { signal }: ClientOptions,
): AsyncGenerator<Uint8Array> {
  // Where it ends before the dump's last line, reading it in says so.
  yield* (await exec.stream(container, ["cat", kept], { signal })).stdout;
}

/** Nothing of it leaves the container. That it is whole was seen when it was restored. @throws SluiceError as `restoreDump` */
async function loadKept(exec: ContainerExec, target: MysqlTarget, { session, signal }: ClientOptions): Promise<void> {
  const environment = clientEnvironment(target, session);
  const command = ["sh", "-c", 'exec "$@" < "$0"', kept, ...clientCommand(target)];
  const ended = await exec.exec(target.container, command, { environment, signal });
  if (ended.exitCode !== 0) throw restoreFailure(ended);
}

/** What the live server asks of new tables its own need not have: they may be older than that. */
async function* asItWas(dump: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const lenient = ["sql_require_primary_key", "sql_generate_invisible_primary_key"];
  yield Buffer.from(lenient.map((name) => `/*!80030 set session ${name} = off */;\n`).join(""));
  yield* dump;
}
