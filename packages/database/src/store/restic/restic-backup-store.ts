import { createHash } from "node:crypto";
import { type Clock, isSluiceError, SluiceError } from "@sluice/core";
import { assertBackupId } from "../../model/backup-id.ts";
import { formatManifest, type Manifest, parseManifest } from "../../model/manifest.ts";
import { byAge } from "../../retention/backups-to-prune.ts";
import type { BackupList, BackupStore, BackupWriter } from "../backup-store.ts";
import { checkedRead } from "../checked-read.ts";
import { aliveWriters, ownWriterTag } from "../writer-tag.ts";
import { readCatalog } from "./catalog.ts";
import type { Repository } from "./repository.ts";
import { fileNameOf, leftoverSnapshots, type Snapshot } from "./snapshot.ts";

/** What is taken back of a backup that failed may take this long: restic may not be able to reach the server, and what is left is swept later. */
const takeBackMs = 30_000;

/**
 * Backups as snapshots, one for each file: the dump, the roles and, last, the manifest. A backup is there when its manifest
 * is. All of them bear their writer's tag: as long as it lives, they are nobody's leftovers.
 */
export function createResticBackupStore(repository: Repository, clock: Clock): BackupStore {
  const { place } = repository;
  const catalogOf = readCatalog(repository);

  const store: BackupStore = {
    list: async (signal) => listOf(await repository.snapshots(signal), signal),
    async load(id, signal) {
      const { content } = await find(id, signal);
      if (typeof content !== "string") throw content;
      return parseManifest(content, `${place}: ${id}`);
    },
    async begin(id, signal) {
      assertBackupId(id);
      const compresses = await repository.compresses(signal);
      const snapshots = await repository.snapshots(signal);
      await ifItCan(repository.forget(await leftIn(snapshots, signal), { waitMs: 0, signal }));
      signal?.throwIfAborted();
      const { backups } = await listOf(snapshots, signal);
      return createWriter(id, (backups.at(-1)?.seq ?? 0) + 1, compresses, signal);
    },
    async update(manifest) {
      const { snapshot, all } = await find(manifest.id);
      await saveManifest(manifest, snapshot.revision + 1);
      // Whoever comes first takes it away: the new one counts already.
      await ifItCan(repository.forget(all, { waitMs: 0 }));
    },
    read(manifest, part, signal) {
      const wanted = part === "dump" ? manifest : manifest.globals;
      const name = fileNameOf({ backup: manifest.id, part });
      if (!wanted) throw new SluiceError("BACKUP_INVALID", `backup ${manifest.id} has no ${part}`);
      async function* bytes() {
        const found = (await filesOf(manifest.id, signal)).findLast((one) => one.part === part);
        if (found) return yield* repository.read(found, signal);
        throw new SluiceError("BACKUP_INVALID", `${name} is not in ${place}, though its manifest is`);
      }
      return checkedRead(bytes(), wanted, `${name} of ${place}`);
    },
    async remove(id) {
      const files = await filesOf(assertBackupId(id));
      await repository.forget(files.filter(({ part }) => part === "manifest"));
      await repository.forget(files.filter(({ part }) => part !== "manifest"));
    },
    async sweep(signal) {
      const left = await leftIn(await repository.snapshots(signal), signal);
      await repository.forget(left, { waitMs: 0, signal });
      return left.map(fileNameOf);
    },
    // It stores what it does not hold yet, compressed: nobody can tell beforehand how much that will be.
    freeBytes: async () => Number.POSITIVE_INFINITY,
    async compact(signal, hasRemoved = true) {
      const options = hasRemoved ? { signal } : { signal, waitMs: 0 };
      try {
        // It also writes small files anew for nothing in return, which a repository that lets nothing be removed then has twice.
        const owed = hasRemoved ? null : await repository.compact({ ...options, dryRun: true });
        const freed = owed === nothing ? nothing : await repository.compact(options);
        return { freed: freed === nothing ? null : freed };
      } catch (error) {
        if (!isSluiceError(error) || error.code !== "LOCK_HELD") throw error;
        return { freed: null, postponed: error.message };
      }
    },
  };

  async function listOf(snapshots: readonly Snapshot[], signal: AbortSignal | undefined): Promise<BackupList> {
    const read = (await catalogOf(snapshots, signal)).map(({ snapshot, content }) =>
      typeof content === "string" ? parsed(content, `${place}: ${fileNameOf(snapshot)}`) : content,
    );
    const backups = read.filter((one) => !isSluiceError(one)) as readonly Manifest[];
    return { backups: backups.toSorted(byAge), damaged: read.filter((one) => isSluiceError(one)) };
  }

  async function leftIn(snapshots: readonly Snapshot[], signal: AbortSignal | undefined): Promise<readonly Snapshot[]> {
    const valid = new Set((await catalogOf(snapshots, signal)).map(({ snapshot }) => snapshot.id));
    const marks = snapshots.map(({ writer, at }) => ({ tag: writer, at }));
    return leftoverSnapshots(snapshots, valid, await aliveWriters(marks, clock));
  }

  async function filesOf(id: string, signal?: AbortSignal): Promise<readonly Snapshot[]> {
    return (await repository.snapshots(signal)).filter(({ backup }) => backup === id);
  }

  async function find(id: string, signal?: AbortSignal) {
    const files = await filesOf(assertBackupId(id), signal);
    const [found] = await catalogOf(files, signal);
    if (found) return { ...found, all: files.filter(({ part }) => part === "manifest") };
    throw new SluiceError("BACKUP_UNKNOWN", `there is no backup ${id} in ${place}`, { hint: "sluice db list" });
  }

  async function saveManifest(manifest: Manifest, revision: number, signal?: AbortSignal): Promise<void> {
    const text = Buffer.from(formatManifest(manifest));
    const sha256 = createHash("sha256").update(text).digest("hex");
    const writer = await ownWriterTag();
    await repository.save({ backup: manifest.id, part: "manifest", writer, revision, sha256 }, one(text), signal);
  }

  function createWriter(id: string, seq: number, compresses: boolean, ofWriter: AbortSignal | undefined): BackupWriter {
    let committed = false;
    return {
      id,
      seq,
      compresses,
      async write(part, source, { signal = ofWriter, onBytes } = {}) {
        const hash = createHash("sha256");
        let bytes = 0;
        async function* noted() {
          for await (const chunk of source) {
            signal?.throwIfAborted();
            hash.update(chunk);
            bytes += chunk.length;
            onBytes?.(bytes);
            yield chunk;
          }
        }
        const writer = await ownWriterTag();
        await repository.save({ backup: id, part, writer, revision: 0, sha256: null }, noted(), signal);
        return { sha256: hash.digest("hex"), bytes };
      },
      async commit(manifest) {
        if (manifest.id !== id || manifest.seq !== seq) throw new TypeError(`manifest is not that of backup ${id}`);
        // Cut off at once, it may be there all the same, and a backup counts by it.
        await withGrace(clock, ofWriter, (late) => saveManifest(manifest, 1, late));
        committed = true;
      },
      async [Symbol.asyncDispose]() {
        if (committed) return;
        // Why it was not is thrown already.
        const soon = AbortSignal.timeout(takeBackMs);
        const take = async (files: readonly Snapshot[]) => repository.forget(files, { waitMs: 0, signal: soon });
        try {
          const files = await filesOf(id, soon);
          // A backup without its dump is not to be listed.
          await take(files.filter(({ part }) => part === "manifest"));
          await take(files.filter(({ part }) => part !== "manifest"));
        } catch {
          // What stays is swept when the next one begins.
        }
      },
    };
  }
  return store;
}

/** A work that a signal aborts some time after it has aborted itself. */
async function withGrace(
  clock: Pick<Clock, "sleep">,
  signal: AbortSignal | undefined,
  work: (late: AbortSignal) => Promise<void>,
): Promise<void> {
  const [late, over] = [new AbortController(), new AbortController()];
  const onAbort = () =>
    void clock.sleep(takeBackMs, over.signal).then(
      () => late.abort(signal?.reason),
      () => undefined,
    );
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { signal: over.signal });
  try {
    await work(late.signal);
  } finally {
    over.abort();
  }
}

/** As restic writes it. */
const nothing = "0 B";

/**
 * What is taken away by the way counts no more: where somebody uses the repository, or its server lets nothing be removed, it stays,
 * and whoever asks for its removal is told why.
 */
async function ifItCan(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: unknown) => {
    if (!isSluiceError(error)) throw error;
  });
}

function parsed(text: string, name: string): Manifest | SluiceError {
  try {
    return parseManifest(text, name);
  } catch (error) {
    if (isSluiceError(error)) return error;
    throw error;
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
