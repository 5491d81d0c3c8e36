// What a rehearsal finds in a corpus of migrations: every danger by its reason, and nothing harmless stopped.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createComposeRuntime } from "@sluice/compose";
import { type Clock, defaultConfig } from "@sluice/core";
import {
  type BackupPorts,
  createDirectoryStore,
  createPostgresDriver,
  findPostgresTarget,
  restoreCopy,
  takeBackup,
} from "@sluice/database";
import { repository } from "./checkout.ts";
import { measure, run } from "./measure.ts";
import { parseCorpus } from "./rehearsal/corpus.ts";
import { isMissed, rehearsalFigures } from "./rehearsal/figures.ts";
import { type Tried, tryMigration } from "./rehearsal/try-migration.ts";
import { conclude } from "./result.ts";
import { runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";
import { formatTable } from "./table.ts";

const { values } = parseArgs({
  options: {
    image: { type: "string", default: process.env["POSTGRES_IMAGE"] ?? "sluice-test/postgres:15" },
    only: { type: "string", default: "" },
  },
});
const corpus = join(repository, "bench/corpus/rehearsal");
const read = (name: string) => readFile(join(corpus, name), "utf8");
const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};

await runBench(async (session) => {
  const container = await startDatabase(session);
  const ports = await portsOf(session, container);
  const image = await run(["docker", "inspect", "--format", "{{.Image}}", container]);
  const manifest = await takeBackup(ports, { service: "db", image, release: null }, session.signal);
  await using restored = await restoreCopy(ports, manifest, image, session.signal);
  const cloneMs = await timed(async () => {
    await restored.copy.clone();
  });
  const migrations = [...parseCorpus(await read("dangerous.sql")), ...parseCorpus(await read("harmless.sql"))];
  const tried: Tried[] = [];
  for (const migration of migrations.filter(({ name }) => name.includes(values.only))) {
    session.signal.throwIfAborted();
    const result = await tryMigration(restored, migration);
    tried.push(result);
    session.say(`${isMissed(result) ? "MISSED " : ""}${result.name}: ${result.verdict} (${result.found.join(", ")})`);
  }
  const rows = tried.map(({ name, expect, verdict, found }) => [name, expect ?? "-", verdict, found.join(" ")]);
  session.say(formatTable([["migration", "expected", "verdict", "found"], ...rows]));
  const figures = rehearsalFigures(tried, cloneMs);
  return { result: conclude({ bench: "rehearsal", figures, peers: {}, floor: {} }), details: tried };
});

async function startDatabase({ prefix, signal }: Session): Promise<string> {
  const name = `${prefix}rehearsal-db`;
  const settings = ["-e", "POSTGRES_USER=shop", "-e", "POSTGRES_PASSWORD=bench"];
  await run(["docker", "run", "-d", "--name", name, ...settings, values.image]);
  const deadline = performance.now() + 120_000;
  const isReady = async () =>
    (await measure(["docker", "exec", name, "pg_isready", "-q", "-h", "127.0.0.1"])).exitCode === 0;
  while (!(await isReady())) {
    if (performance.now() > deadline) throw new Error(`${name} takes no connections`);
    await delay(200, undefined, { signal });
  }
  await run([
    "docker",
    "exec",
    name,
    "psql",
    "-Xqw",
    "-v",
    "ON_ERROR_STOP=1",
    "-U",
    "shop",
    "-c",
    await read("base.sql"),
  ]);
  return name;
}

async function portsOf({ prefix, directory }: Session, container: string): Promise<BackupPorts> {
  const { exec, throwAway } = createComposeRuntime({
    env: process.env,
    clock,
    config: async () => defaultConfig(),
    readRouting: () => Promise.reject(new Error("there are no doors here")),
  });
  const target = await findPostgresTarget(exec, container);
  const stack = `${prefix}rehearsal`;
  return {
    driver: createPostgresDriver({ exec, throwAway, clock, stack, target, scratchMemoryBytes: 1 << 30 }),
    store: createDirectoryStore({ directory: join(directory, "backups") }),
    clock,
    cipher: null,
    randomId: () => "bench",
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
