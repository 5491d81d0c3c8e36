// Backups that are killed, cut off and filled up at many moments, and bad ones of every kind: what is listed restores, what is
// left is cleared away by the next, and each kind of damage is found by its own code. Needs the right to mount.
// `--quick`: a sample. `--only us,dump` chooses kinds, so that a long run can be cut into pieces.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { randomFrom } from "./analysis/random.ts";
import { type FaultResult, runFault } from "./backup/faults/aftermath.ts";
import { detections, imageWithoutExtension } from "./backup/faults/detections.ts";
import { openEngineProxy } from "./backup/faults/engine-proxy.ts";
import { backupFaultFigures, type Found } from "./backup/faults/figures.ts";
import { lifeOf } from "./backup/faults/freeze.ts";
import { boundaries, type Fault, killedAt, kinds, type Whole } from "./backup/faults/kinds.ts";
import { openStage, type Stage, sql } from "./backup/faults/stage.ts";
import { openBackups } from "./backup/ports.ts";
import { fill, startServer } from "./backup/server.ts";
import { run } from "./measure.ts";
import { readOptions } from "./options.ts";
import { conclude } from "./result.ts";
import { runBench } from "./run-bench.ts";

const values = readOptions({
  command: "bin/bench backup-faults",
  purpose: "Backups that are killed, cut off and filled up, and bad ones of every kind. Needs the right to mount.",
  options: {
    image: { type: "text", default: process.env["POSTGRES_IMAGE"] ?? "sluice-test/postgres:15", says: "of the server" },
    quick: { type: "flag", says: "a sample" },
    seed: { type: "number", default: 1, says: "same seed, same moments" },
    count: { type: "number", says: "moments of each kind (14, or 2 with --quick)" },
    only: { type: "names", of: ["steps", ...Object.keys(kinds), "detections"], says: "kinds" },
    size: { type: "number", default: 0.05, says: "gigabytes of tables" },
  },
});
const only = new Set(values.only);
const count = values.count ?? (values.quick ? 2 : 14);
/** Room for a few backups, and soon full. */
const roomBytes = Math.ceil(values.size * 2e9);

await runBench(async (session) => {
  const { prefix, directory, signal, say } = session;
  const server = await startServer(session, values.image);
  await fill(server, values.size * 11, signal);
  await sql(server, "create extension pg_trgm");
  const room = join(directory, "room");
  await mkdir(room);
  await run(["mount", "-t", "tmpfs", "-o", `size=${roomBytes},mode=700`, "tmpfs", room]);
  try {
    await using proxy = await openEngineProxy(join(directory, "engine.sock"));
    const stage = openStage(server, room, proxy);
    const ports = await openBackups({ container: server.container, stack: server.stack, directory: room });
    const whole = await measureWhole(stage, ports);
    say(
      `a whole one takes ${Math.round(whole.ms)} ms, ${Math.round(whole.dumpMs)} of them the dump; ${whole.bytes} bytes`,
    );
    const results: FaultResult[] = [];
    for (const fault of chosen(whole)) {
      signal.throwIfAborted();
      const result = await runFault(stage, ports, fault);
      results.push(result);
      const verdict = result.problems.length > 0 ? `FAILED: ${result.problems.join("; ")}` : "ok";
      say(
        `${result.name}: ${result.hit ? "" : "hit nothing, "}${result.word || "-"}${result.listed ? ", listed and compared" : ""}, ${verdict}`,
      );
    }
    const found: Found[] = [];
    if (only.has("detections")) {
      const bench = { stage, ports, poorImage: await imageWithoutExtension(prefix, values.image) };
      for (const detection of detections) {
        const { name, code } = detection;
        found.push({ name, code, found: await detection.find(bench) });
        say(`${name}: ${found.at(-1)?.found}`);
        for (const { id } of (await ports.store.list()).backups) await ports.store.remove(id);
      }
    }
    const figures = backupFaultFigures(values.only, results, found);
    const result = conclude({ bench: "backup-faults", figures, peers: {}, floor: {} });
    return { result, details: { seed: values.seed, results, found } };
  } finally {
    await run(["umount", room]);
  }
});

/** The second of two: the first warms up. The store is empty afterwards. */
async function measureWhole(stage: Stage, { store }: Awaited<ReturnType<typeof openBackups>>): Promise<Whole> {
  await stage.take().ended;
  const living = lifeOf(stage.server, "pg_dump");
  const { ended } = stage.take();
  await stage.proxy.connected();
  const began = performance.now();
  await ended;
  const ms = performance.now() - began;
  const dumpMs = await living;
  const newest = (await store.list()).backups.at(-1);
  if (!newest || Number.isNaN(dumpMs)) throw new Error("no backup can be taken");
  const { bytes } = newest;
  for (const backup of (await store.list()).backups) await store.remove(backup.id);
  return { ms, dumpMs, bytes };
}

function chosen(whole: Whole): readonly Fault[] {
  const random = randomFrom(values.seed);
  const atSteps = values.quick ? boundaries.filter((_, index) => index % 3 === 0) : boundaries;
  const atMoments = Object.entries(kinds).flatMap(([kind, at]) =>
    // Drawn for all kinds, so that a piece of a run has the moments that the whole has.
    Array.from({ length: count }, () => 0.05 + 0.9 * random()).flatMap((share) =>
      only.has(kind) ? [at(share, whole)] : [],
    ),
  );
  return [...(only.has("steps") ? atSteps.map(killedAt) : []), ...atMoments];
}
