import { appendFile, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TrafficCount, TrafficCounts } from "@sluice/core";
import { isAnothers, writeDurably } from "@sluice/core/node";
import type { StateHome } from "../home/state-home.ts";

/** Older counts are not told: a week has each of its hours twice in them. Milliseconds. */
const toldMs = 15 * 24 * 3_600_000;
/** Of the counts of one door in this time the first says enough, however often somebody looks. Milliseconds. */
const sameMs = 1_800_000;
/** Bytes from which on the file is made shorter. */
const longest = 4 * 1_048_576;
/** Bytes that are left then at most: some four weeks of 20 doors. */
const kept = 3 * 1_048_576;

/**
 * What doors counted, one JSON object a line, beside the journal: whoever looks at the doors may add to it, with or without
 * the lock. It is a memory and no record: what cannot be read of it is passed over.
 */
export function createTrafficCounts({ path }: Pick<StateHome, "path">): TrafficCounts {
  const file = join(path, "traffic.ndjson");
  return {
    recent: async () => ofLate(thinned(await readCounts(file))),
    async note(counts) {
      if (counts.length === 0 || isAnothers(path)) return;
      await appendFile(file, linesOf(counts).join(""), { mode: 0o600 });
      if ((await stat(file)).size <= longest) return;
      await writeDurably(file, newest(linesOf(thinned(await readCounts(file)))).join(""));
    },
  };
}

/** The first of each process of a door in each half hour: it counts up, so that nothing is lost with the others. */
function thinned(counts: readonly TrafficCount[]): readonly TrafficCount[] {
  const seen = new Set<string>();
  return counts.filter(({ at, service, epoch }) => {
    const key = JSON.stringify([service, epoch, Math.floor(Date.parse(at) / sameMs)]);
    return !seen.has(key) && seen.add(key);
  });
}

/** By the last one's clock; what another one had dated far ahead is passed over, and nothing is forgotten for it. */
function ofLate(counts: readonly TrafficCount[]): readonly TrafficCount[] {
  const lastMs = Date.parse(counts.at(-1)?.at ?? "");
  return counts.filter(({ at }) => Math.abs(lastMs - Date.parse(at)) <= toldMs);
}

/** The last lines, as many as may be left. */
function newest(lines: readonly string[]): readonly string[] {
  let [from, bytes] = [lines.length, 0];
  while (from > 0 && bytes + Buffer.byteLength(lines[from - 1] ?? "") <= kept) {
    from -= 1;
    bytes += Buffer.byteLength(lines[from] ?? "");
  }
  return lines.slice(from);
}

function linesOf(counts: readonly TrafficCount[]): readonly string[] {
  return counts.map((count) => `${JSON.stringify(count)}\n`);
}

async function readCounts(file: string): Promise<readonly TrafficCount[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => parseCount(line) ?? []);
}

function parseCount(line: string): TrafficCount | null {
  try {
    const { at, service, epoch, requests, upMs } = JSON.parse(line) as Partial<TrafficCount>;
    const isCount = [at, service, epoch].every((text) => typeof text === "string") && Number.isFinite(requests);
    if (!isCount || !Number.isFinite(Date.parse(at ?? ""))) return null;
    return { at, service, epoch, requests, ...(Number.isFinite(upMs) ? { upMs } : {}) } as TrafficCount;
  } catch {
    return null;
  }
}
