import { SluiceError } from "@sluice/core";
import type { Repository } from "../store/restic/repository.ts";
import type { Snapshot } from "../store/restic/snapshot.ts";

export interface FakeRepository extends Repository {
  readonly held: { readonly snapshot: Snapshot; readonly content: Buffer }[];
  /** What happened, in order. */
  readonly calls: string[];
  /** Somebody else uses it: nothing can be removed. */
  locked: boolean;
  /** Its server lets nothing be removed. */
  appendOnly: boolean;
  version: 1 | 2;
  /** What a compaction gives back; `null` where it does not say. */
  unused: string | null;
  /** Puts one there, as a writer that died later. */
  put(over: Partial<Snapshot>, content?: string | Buffer): void;
}

/** A repository in memory. */
export function createFakeRepository(): FakeRepository {
  const calls: string[] = [];
  const held: FakeRepository["held"] = [];
  const contentOf = (id: string) => held.find(({ snapshot }) => snapshot.id === id)?.content ?? Buffer.from("");
  const removing = (what: string) => {
    if (fake.locked) throw new SluiceError("LOCK_HELD", "somebody uses it");
    if (fake.appendOnly) throw new SluiceError("BACKUP_FAILED", "removing from a repository failed: 403 Forbidden");
    calls.push(what);
  };
  let count = 0;
  const fake: FakeRepository = {
    place: "a repository",
    held,
    calls,
    locked: false,
    appendOnly: false,
    version: 2,
    unused: "0 B",
    put(over, content = "") {
      const snapshot: Snapshot = {
        id: `s${(count += 1)}`,
        at: new Date(),
        backup: "20260501T100000Z-dead",
        part: "dump",
        writer: "elsewhere-1-1",
        revision: 0,
        sha256: null,
        ...over,
      };
      held.push({ snapshot, content: typeof content === "string" ? Buffer.from(content) : content });
    },
    compresses: async () => fake.version === 2,
    snapshots: async () => held.map(({ snapshot }) => snapshot),
    async save(snapshot, source) {
      const parts: Uint8Array[] = [];
      for await (const part of source) parts.push(part);
      if (parts.length > 0) fake.put(snapshot, Buffer.concat(parts));
    },
    async text({ id }) {
      calls.push(`text ${id}`);
      return contentOf(id).toString();
    },
    async *read({ id }) {
      yield contentOf(id);
    },
    async forget(snapshots) {
      if (snapshots.length === 0) return;
      removing(`forget ${snapshots.map(({ part, revision }) => `${part}${revision || ""}`).join(" ")}`);
      for (const { id } of snapshots) {
        held.splice(
          held.findIndex(({ snapshot }) => snapshot.id === id),
          1,
        );
      }
    },
    async compact({ dryRun } = {}) {
      const { unused } = fake;
      if (dryRun) return unused;
      removing("compact");
      fake.unused = "0 B";
      return unused;
    },
  };
  return fake;
}
