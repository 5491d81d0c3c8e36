// What a rehearsal finds in a corpus of migrations: every danger by its reason, and nothing harmless stopped.
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { restoreCopy, takeBackup } from "@sluice/database";
import { repository } from "./checkout.ts";
import { run } from "./measure.ts";
import { readOptions, UsageError } from "./options.ts";
import { type CorpusMigration, parseCorpus } from "./rehearsal/corpus.ts";
import { isMissed, lintFigures, rehearsalFigures } from "./rehearsal/figures.ts";
import { type Kept, keptFileOf, readKept, writeKept } from "./rehearsal/kept.ts";
import { type CorpusServer, portsOf, readCorpus, servers, startServer } from "./rehearsal/servers.ts";
import { squawkFindings } from "./rehearsal/squawk.ts";
import { tryMigration } from "./rehearsal/try-migration.ts";
import { conclude } from "./result.ts";
import { runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";
import { formatTable } from "./table.ts";

const values = readOptions({
  command: "bin/bench rehearsal",
  purpose: "What a rehearsal finds in a corpus of migrations.",
  options: {
    postgres: {
      type: "text",
      default: process.env["POSTGRES_IMAGE"] ?? "sluice-test/postgres:15",
      says: "image of the server",
    },
    mariadb: {
      type: "text",
      default: process.env["MARIADB_IMAGE"] ?? "sluice-test/mariadb:10.11",
      says: "image of the server",
    },
    only: { type: "text", default: "", says: "migrations of this server, or with this text in their name" },
    seconds: { type: "number", default: 86_400, says: "begin no migration after this time; the next run goes on" },
    anew: { type: "flag", says: "forget what an earlier run kept" },
  },
});
const began = performance.now();
const isOver = () => performance.now() - began > values.seconds * 1_000;
const keptFile = keptFileOf(join(repository, "bench/results"), values.only);

await runBench(async (session) => {
  const all = await readAll();
  if (all.length === 0) throw new UsageError(`--only ${values.only}: no migration has that in its name, and no server`);
  const bases = await Promise.all(Object.values(servers).map(({ base }) => readCorpus(base)));
  const restsOn = JSON.stringify([all, bases, values.postgres, values.mariadb]);
  const state = createHash("sha256").update(restsOn).digest("hex");
  let kept = await readKept(keptFile, values.anew ? "" : state);
  const isTried = ({ server, name }: Listed) =>
    kept.tried.some((one) => one.server === server.name && one.name === name);
  for (const server of Object.values(servers)) {
    const left = all.filter((one) => one.server.name === server.name && !isTried(one));
    if (left.length > 0 && !isOver()) kept = await tryAll(session, server, left, { ...kept, of: state });
  }
  const rows = kept.tried.map(({ server, name, expect, verdict, found, linted }) => {
    const alone = linted === null ? "no linter" : linted.join(" ");
    return [server, name, expect ?? "-", verdict, found.join(" "), alone];
  });
  session.say(formatTable([["server", "migration", "expected", "verdict", "found", "squawk alone"], ...rows]));
  const left = all.filter((one) => !isTried(one)).length;
  if (left > 0) throw new Error(`${left} of ${all.length} are left: run it again, it goes on from there`);
  await rm(keptFile, { force: true });
  const figures = rehearsalFigures(kept.tried, kept.cloneMs);
  const peers = { squawk: lintFigures(kept.tried) };
  return { result: conclude({ bench: "rehearsal", figures, peers, floor: {} }), details: kept.tried };
});

interface Listed extends CorpusMigration {
  readonly server: CorpusServer;
}

async function readAll(): Promise<readonly Listed[]> {
  const read = async (server: CorpusServer) => {
    const texts = await Promise.all(server.migrations.map(readCorpus));
    return texts.flatMap(parseCorpus).map((migration): Listed => ({ server, ...migration }));
  };
  const all = await Promise.all(Object.values(servers).map(read));
  return all.flat().filter(({ server, name }) => `${server.name} ${name}`.includes(values.only));
}

/** Tries one after the other until the time is over; each is kept when it was tried. */
async function tryAll(
  session: Session,
  server: CorpusServer,
  migrations: readonly CorpusMigration[],
  before: Kept,
): Promise<Kept> {
  const container = await startServer(server, values[server.name], session);
  const ports = await portsOf(server, container, session);
  const image = await run(["docker", "inspect", "--format", "{{.Image}}", container]);
  const manifest = await takeBackup(ports, { service: "db", image, release: null }, session.signal);
  await using restored = await restoreCopy(ports, manifest, image, session.signal);
  const cloneMs = await timed(() => restored.copy.clone());
  const longest = Math.max(before.cloneMs[server.name] ?? 0, cloneMs);
  let kept: Kept = { ...before, cloneMs: { ...before.cloneMs, [server.name]: longest } };
  for (const migration of migrations) {
    session.signal.throwIfAborted();
    if (isOver()) break;
    const linted = server.name === "postgres" ? await squawkFindings(session.directory, migration) : null;
    const result = { ...(await tryMigration(server, restored, migration)), linted };
    kept = { ...kept, tried: [...kept.tried, result] };
    await writeKept(keptFile, kept);
    session.say(`${isMissed(result) ? "MISSED " : ""}${result.name}: ${result.verdict} (${result.found.join(", ")})`);
  }
  return kept;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
