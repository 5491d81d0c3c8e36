import { SluiceError } from "@sluice/core";
import { compress } from "../compression/zstd.ts";
import type { DatabaseDriver } from "../driver.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import { aFingerprint, aManifest } from "./a-manifest.ts";

export interface FakeDatabase extends DatabaseDriver {
  /** What happened, in order. */
  readonly calls: string[];
  /** Rows of the one table; a dump is its JSON. */
  rows: readonly string[];
  major: number;
  /** Text that a dump holds in the place of what it should. */
  dumps: string | null;
  globalsText: string | null;
  /** Free where its data is. */
  free: number | null;
  /** Free on the engine's disk. */
  scratchFree: number | null;
  sizeBytes: number;
  logBytes: number;
  /** Runs in a dump after its first bytes. */
  onDumping: () => Promise<void> | void;
  /** Runs in a swap before the live one goes away. */
  onReading: () => void;
  /** What the first process of a dump dies of, after its first bytes. */
  dies: unknown;
}

/** A database in memory whose dump is a line of JSON. */
export function createFakeDatabase(): FakeDatabase {
  const calls: string[] = [];
  const printOf = (rows: readonly string[]): Fingerprint =>
    aFingerprint({
      tables: [{ name: "public.orders", rows: rows.length, hash: rows.join(), sampled: false }],
      sequences: [],
    });
  const server = () => ({ version: `${fake.major}.1`, major: fake.major, preload: "" });
  const live = () => ({ server: server(), database: aManifest().database, sizeBytes: fake.sizeBytes });
  const parse = async (dump: AsyncIterable<Uint8Array>) => {
    const parts: Uint8Array[] = [];
    for await (const part of dump) parts.push(part);
    return JSON.parse(Buffer.concat(parts).toString()) as readonly string[];
  };
  const old: (readonly string[])[] = [];
  const fake: FakeDatabase = {
    kind: "postgres",
    database: aManifest().database.name,
    calls,
    rows: ["a", "b"],
    major: 15,
    dumps: null,
    globalsText: "CREATE ROLE x;",
    dies: null,
    onReading: () => undefined,
    onDumping: () => undefined,
    sizeBytes: 1,
    logBytes: 0,
    free: null,
    scratchFree: null,
    scratchFreeBytes: async () => fake.scratchFree,
    mostScratchLogBytes: 100,
    freeBytes: async () => fake.free,
    mostLogBytes: async () => fake.logBytes,
    async probe() {
      return live();
    },
    async dump() {
      const rows = fake.rows;
      const text = fake.dumps ?? JSON.stringify(rows);
      async function* raw() {
        if (text !== "") yield Buffer.from(text);
        await fake.onDumping();
        if (fake.dies) throw fake.dies;
      }
      return {
        live: live(),
        bytes: lent(compress(raw())),
        rawBytes: () => text.length,
        fingerprint: async () => printOf(rows),
        async [Symbol.asyncDispose]() {
          calls.push("end-dump");
        },
      };
    },
    globals: async () => (fake.globalsText === null ? null : Buffer.from(fake.globalsText)),
    fingerprint: async () => printOf(fake.rows),
    async scratch(_manifest, image) {
      calls.push(`scratch ${image}`);
      let restored: readonly string[] = [];
      return {
        server: server(),
        async restore({ dump, globals }) {
          calls.push(`roles ${globals}`);
          restored = await parse(dump);
        },
        fingerprint: async () => printOf(restored),
        async [Symbol.asyncDispose]() {
          calls.push("end-scratch");
        },
      };
    },
    async restoreBeside(_manifest, dump) {
      calls.push("restore-beside");
      const rows = await parse(dump);
      return {
        name: "fresh",
        fingerprint: async () => printOf(rows),
        async drop() {
          calls.push("drop-fresh");
        },
        async swap(onAway) {
          fake.onReading();
          onAway?.();
          old.push(fake.rows);
          fake.rows = rows;
          return "old";
        },
      };
    },
    async undoSwap() {
      const before = old.pop();
      if (!before) throw new SluiceError("BACKUP_UNKNOWN", "nothing was swapped");
      fake.rows = before;
      return "undone";
    },
  };
  return fake;
}

/** As drivers may: a chunk's memory is used again as soon as the next one is asked for. */
async function* lent(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    const piece = Buffer.from(chunk);
    yield piece;
    piece.fill(0);
  }
}
