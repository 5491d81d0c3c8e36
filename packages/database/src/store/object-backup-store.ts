import { createHash } from "node:crypto";
import { type Clock, isSluiceError, SluiceError } from "@sluice/core";
import { assertBackupId } from "../model/backup-id.ts";
import { formatManifest, type Manifest, parseManifest } from "../model/manifest.ts";
import { byAge } from "../retention/backups-to-prune.ts";
import type { BackupStore, BackupWriter, WriteOptions } from "./backup-store.ts";
import { checkedRead } from "./checked-read.ts";
import { describeFile, fileNames, leftovers, type StoreFile, stillUnlisted } from "./file-names.ts";
import type { Objects, StoredObject } from "./objects.ts";
import { aliveWriters, ownWriterTag } from "./writer-tag.ts";

/** What is taken back of a backup that failed may take this long: the server may be why it did, and what is left is swept later. */
const takeBackMs = 10_000;

/**
 * Backups as objects, with the names that `createDirectoryStore` gives to files: `ID.dump`, `ID.globals` and, last,
 * `ID.json`. A backup is there when its manifest is; as long as a mark says that its writer is at work, nobody clears it away.
 */
export function createObjectBackupStore(objects: Objects, clock: Clock): BackupStore {
  const { place } = objects;

  const store: BackupStore = {
    async list(signal) {
      const found = filesOf(await objects.list(signal)).filter(({ kind }) => kind === "json");
      const read = await Promise.all(found.map(({ name }) => readManifest(objects, name, signal)));
      const backups = read.filter((one) => one !== null && !isSluiceError(one)) as readonly Manifest[];
      return { backups: backups.toSorted(byAge), damaged: read.filter((one) => isSluiceError(one)) };
    },
    async load(id, signal) {
      const name = fileNames.manifest(assertBackupId(id));
      const found = await readManifest(objects, name, signal);
      if (isSluiceError(found)) throw found;
      if (found) return found;
      throw new SluiceError("BACKUP_UNKNOWN", `there is no backup ${id} in ${place}`, { hint: "sluice db list" });
    },
    async begin(id, signal) {
      assertBackupId(id);
      await store.sweep(signal);
      const mark = fileNames.writing(id, await ownWriterTag());
      await objects.putText(mark, "a backup is being written\n", signal);
      const { backups } = await store.list(signal);
      return createWriter(id, (backups.at(-1)?.seq ?? 0) + 1, mark, signal);
    },
    async update(manifest) {
      await store.load(manifest.id);
      await objects.putText(fileNames.manifest(manifest.id), formatManifest(manifest));
    },
    read(manifest, part, signal) {
      const wanted = part === "dump" ? manifest : manifest.globals;
      const name = fileNames.part(manifest.id, part);
      if (!wanted) throw new SluiceError("BACKUP_INVALID", `backup ${manifest.id} has no ${part}`);
      return checkedRead(readObject(objects, name, signal), wanted, `${place}/${name}`);
    },
    remove: (id) => remove(id),
    async sweep(signal) {
      // The mark of a writer comes before its uploads: what is asked for before the marks has its own among them.
      const unfinished = await objects.unfinished(signal);
      const stored = await objects.list(signal);
      const alive = await aliveWriters(stored.flatMap(markOf), clock);
      const files = filesOf(stored);
      const gone = leftovers(files, alive);
      // The list comes in pieces: a writer may have finished between two of them.
      const left =
        gone.length === 0 ? [] : stillUnlisted(gone, filesOf(await objects.list(signal))).map(({ name }) => name);
      for (const name of left) await objects.remove(name, signal);
      const held = new Set(files.filter(({ tag }) => tag !== null && alive.has(tag)).map(({ backup }) => backup));
      for (const upload of unfinished) {
        const file = describeFile(upload.name);
        if (!file || held.has(file.backup)) continue;
        if (await upload.discard()) left.push(upload.name);
      }
      return left;
    },
    freeBytes: async () => Number.POSITIVE_INFINITY,
  };

  async function remove(id: string, signal?: AbortSignal): Promise<void> {
    await objects.remove(fileNames.manifest(assertBackupId(id)), signal);
    for (const part of ["dump", "globals"] as const) await objects.remove(fileNames.part(id, part), signal);
  }

  /** A writer that took longer than anybody waits for one may have been cleared away meanwhile. */
  async function assertThere(written: ReadonlyMap<string, number>, signal: AbortSignal | undefined): Promise<void> {
    const found = new Map((await objects.list(signal)).map(({ name, bytes }) => [name, bytes]));
    for (const [name, bytes] of written) {
      if (found.get(name) === bytes) continue;
      const now = found.has(name) ? `holds ${found.get(name)} bytes now, not ${bytes}` : "is not there any more";
      throw new SluiceError("BACKUP_FAILED", `${place}/${name} was written, and ${now}`, {
        hint: "does a rule of the bucket, or somebody else, remove what is new there? then take it again: sluice db backup",
        retryable: true,
      });
    }
  }

  function createWriter(id: string, seq: number, mark: string, signal: AbortSignal | undefined): BackupWriter {
    let committed = false;
    const written = new Map<string, number>();
    return {
      id,
      seq,
      async write(part, source, options = {}) {
        const hash = createHash("sha256");
        let bytes = 0;
        const noted = noting(source, options, (chunk) => {
          hash.update(chunk);
          bytes += chunk.length;
          return bytes;
        });
        const name = fileNames.part(id, part);
        await objects.put(name, noted, { signal: options.signal, likelyBytes: options.likelyBytes });
        written.set(name, bytes);
        return { sha256: hash.digest("hex"), bytes };
      },
      async commit(manifest) {
        if (manifest.id !== id || manifest.seq !== seq) throw new TypeError(`manifest is not that of backup ${id}`);
        await assertThere(written, signal);
        await objects.putText(fileNames.manifest(id), formatManifest(manifest), signal);
        committed = true;
        // The backup is there. A mark that stays goes with a later sweep.
        await objects.remove(mark, signal).catch(() => undefined);
      },
      async [Symbol.asyncDispose]() {
        if (committed) return;
        // Why it was not is thrown already; what stays is swept when a later one begins.
        const soon = AbortSignal.timeout(takeBackMs);
        await remove(id, soon).catch(() => undefined);
        await objects.remove(mark, soon).catch(() => undefined);
      },
    };
  }
  return store;
}

const filesOf = (stored: readonly StoredObject[]): readonly StoreFile[] =>
  stored.map(({ name }) => describeFile(name)).filter((file) => file !== null);

const markOf = ({ name, modified }: StoredObject) => {
  const tag = describeFile(name)?.tag;
  return tag === null || tag === undefined ? [] : [{ tag, at: modified }];
};

async function readManifest(
  objects: Objects,
  name: string,
  signal?: AbortSignal,
): Promise<Manifest | SluiceError | null> {
  // One that was removed meanwhile is not there.
  const text = await objects.getText(name, signal);
  if (text === null) return null;
  try {
    return parseManifest(text, `${objects.place}/${name}`);
  } catch (error) {
    if (isSluiceError(error)) return error;
    throw error;
  }
}

async function* readObject(
  objects: Objects,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const bytes = await objects.get(name, signal);
  if (bytes) return yield* bytes;
  throw new SluiceError("BACKUP_INVALID", `${objects.place}/${name} is not there, though its manifest is`);
}

async function* noting(
  source: AsyncIterable<Uint8Array>,
  { signal, onBytes }: WriteOptions,
  note: (chunk: Uint8Array) => number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    signal?.throwIfAborted();
    const bytes = note(chunk);
    onBytes?.(bytes);
    yield chunk;
  }
}
