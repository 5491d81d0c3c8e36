// What `sluice db backup` costs beside the same dump by hand, whose processor time that is, and what proving it costs.
import { join } from "node:path";
import { type Cost, costOf, dumpByHand, dumpToHost, restoreByHand } from "./backup/by-hand.ts";
import { backupFigures, nameOf, type Round, type SizeFacts } from "./backup/figures.ts";
import { measureSecondClone } from "./backup/second-clone.ts";
import { fill, type Server, startServer, user } from "./backup/server.ts";
import { encryptedConfig, sluiceDb } from "./backup/sluice-db.ts";
import { median } from "./load/percentile.ts";
import { loadNow } from "./load-average.ts";
import { run } from "./measure.ts";
import { readOptions } from "./options.ts";
import { conclude, type Numbers } from "./result.ts";
import { runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";

const values = readOptions({
  command: "bin/bench backup",
  purpose: "What a backup costs beside the same dump by hand.",
  options: {
    image: { type: "text", default: process.env["POSTGRES_IMAGE"] ?? "sluice-test/postgres:15", says: "of the server" },
    sizes: { type: "text", default: "0.1,1", says: "gigabytes of tables" },
    rounds: { type: "number", default: 3, says: "of each size" },
    parts: {
      type: "names",
      of: ["plain", "host", "encrypted", "verify", "clone"],
      says: "what is measured of the largest size, plain backups always",
    },
  },
});
const parts = new Set(values.parts);
const sizes = values.sizes
  .split(",")
  .map(Number)
  .toSorted((a, b) => a - b);
const scaleOf = (gigabytes: number): number => gigabytes * 11;

await runBench(async (session) => {
  const server = await startServer(session, values.image);
  const measured: SizeFacts[] = [];
  let peers: Record<string, Numbers> = {};
  for (const size of sizes) {
    await psql(`drop schema public cascade; create schema public; drop role if exists reporting`, server);
    const tableBytes = await fill(server, scaleOf(size), session.signal);
    session.say(`${nameOf(tableBytes)} of tables`);
    const rounds = await measureRounds(session, server);
    const isLargest = size === sizes.at(-1);
    const seconds = (costs: readonly Cost[]) => median(costs.map(({ wallMs }) => wallMs)) / 1_000;
    const name = `${nameOf(tableBytes)}_wall_s`;
    peers = { ...peers, "by-hand": { ...peers["by-hand"], [name]: seconds(rounds.map(({ hand }) => hand)) } };
    if (isLargest && parts.has("host")) {
      const host = await costOf(server, dumpToHost(server, join(session.directory, "host")), session);
      peers = { ...peers, "zstd-on-host": { [name]: seconds([host]) } };
    }
    measured.push({ tableBytes, rounds, ...(isLargest ? await measureMore(session, server) : {}) });
  }
  const floor = { load_average: loadNow() };
  const result = conclude({ bench: "backup", figures: backupFigures(measured), peers, floor });
  return { result, details: measured };
});

/** In turns, so that both meet the same machine. A first one by hand, which warms it up, is not counted. */
async function measureRounds(session: Session, server: Server): Promise<readonly Round[]> {
  await costOf(server, dumpByHand(server, byHandFile(session)), session);
  const rounds: Round[] = [];
  while (rounds.length < values.rounds) rounds.push(await oneRound(session, server));
  return rounds;
}

async function measureMore(session: Session, server: Server): Promise<Partial<SizeFacts>> {
  return {
    ...(parts.has("verify") ? { verify: await measureVerify(session, server) } : {}),
    ...(parts.has("clone") ? { secondCloneMs: await measureSecondClone(session, server) } : {}),
    ...(parts.has("encrypted") ? { encrypted: await oneRound(session, server, await encryptedConfig(server)) } : {}),
  };
}

async function oneRound(session: Session, server: Server, configFile?: string): Promise<Round> {
  const hand = await costOf(server, dumpByHand(server, byHandFile(session)), session);
  return told(session, "backup", { hand, own: await sluiceDb(session, server, "backup", configFile) });
}

async function measureVerify(session: Session, server: Server): Promise<Round> {
  const hand = await costOf(server, restoreByHand(server, byHandFile(session)), session);
  await run(["docker", "exec", server.container, "dropdb", "-U", user, "by_hand"]);
  return told(session, "verify", { hand, own: await sluiceDb(session, server, "verify") });
}

function byHandFile({ directory }: Session): string {
  return join(directory, "by-hand");
}

function told({ say }: Session, what: string, round: Round): Round {
  const { hand, own } = round;
  const ratio = (own.wallMs / hand.wallMs).toFixed(2);
  say(`${what}: by hand ${Math.round(hand.wallMs)} ms, sluice ${Math.round(own.wallMs)} ms (${ratio})`);
  return round;
}

async function psql(sql: string, { container }: Server): Promise<void> {
  await run(["docker", "exec", container, "psql", "-XqwU", user, "-v", "ON_ERROR_STOP=1", "-c", sql]);
}
