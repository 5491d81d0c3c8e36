import { appendFile, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TrafficCount, TrafficCounts } from "@sluice/core";
import { isAnothers, writeDurably } from "@sluice/core/node";
import type { StateHome } from "../home/state-home.ts";

/** Counts that stay: two weeks and more of a look at some doors every half hour. */
const kept = 3_000;
/** Bytes from which on the oldest go. */
const longest = 512 * 1_024;

/**
 * What doors counted, one JSON object a line, beside the journal: whoever looks at the doors may add to it, with or without
 * the lock. It is a memory and no record: what cannot be read of it is passed over.
 */
export function createTrafficCounts({ path }: Pick<StateHome, "path">): TrafficCounts {
  const file = join(path, "traffic.ndjson");
  return {
    recent: async () => (await readCounts(file)).slice(-kept),
    async note(counts) {
      if (counts.length === 0 || isAnothers(path)) return;
      await appendFile(file, lines(counts), { mode: 0o600 });
      if ((await stat(file)).size > longest) await writeDurably(file, lines((await readCounts(file)).slice(-kept)));
    },
  };
}

const lines = (counts: readonly TrafficCount[]): string => counts.map((count) => `${JSON.stringify(count)}\n`).join("");

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
