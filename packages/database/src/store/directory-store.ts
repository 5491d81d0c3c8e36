import { createReadStream } from "node:fs";
import { open, readdir, readFile, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, isSluiceError, SluiceError } from "@sluice/core";
import { makeDirectory, syncPath } from "@sluice/core/node";
import { assertBackupId } from "../model/backup-id.ts";
import { formatManifest, type Manifest, parseManifest } from "../model/manifest.ts";
import { byAge } from "../retention/backups-to-prune.ts";
import type { BackupList, BackupPart, BackupStore, BackupWriter, StoredPart } from "./backup-store.ts";
import { checkedRead } from "./checked-read.ts";
import { type FileStep, writeDurably } from "./durable-file.ts";
import { describeFile, fileNames, leftovers, type StoreFile, stillUnlisted } from "./file-names.ts";
import { storeError } from "./store-error.ts";
import { aliveWriters, ownWriterTag } from "./writer-tag.ts";

export interface DirectoryStoreOptions {
  /** Absolute. Made with mode 0700 where it is missing. */
  readonly directory: string;
  /** Called at each boundary of a write or a sweep, so that tests can stop there: `dump opened`, `manifest renamed`, `sweep listed`, … */
  readonly onStep?: ((step: string) => void | Promise<void>) | undefined;
}

/**
 * Backups as files of a directory: `ID.dump`, `ID.globals` and, last, `ID.json`. Each is written under another name, synced
 * and renamed. A backup is there when its manifest is; the rest is nobody's and goes at the next start.
 */
export function createDirectoryStore(
  { directory, onStep }: DirectoryStoreOptions,
  clock: Pick<Clock, "now">,
): BackupStore {
  const at = (name: string) => join(directory, name);
  const stepsOf = (what: string) => (step: FileStep) => onStep?.(`${what} ${step}`);

  const attempt = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw storeError(error, what);
    }
  };

  const make = () => attempt(`${directory} cannot be made`, () => makeDirectory(directory));

  async function files(): Promise<readonly StoreFile[]> {
    const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return names.map(describeFile).filter((file) => file !== null);
  }

  /** A writer is at work as long as one of its files grows. */
  async function marksOf(found: readonly StoreFile[]): Promise<readonly { readonly tag: string; readonly at: Date }[]> {
    const marks = found.map(async ({ name, tag }) => {
      const written = tag === null ? null : await stat(at(name)).catch(() => null);
      return tag === null || written === null ? [] : [{ tag, at: written.mtime }];
    });
    return (await Promise.all(marks)).flat();
  }

  async function writeManifest(manifest: Manifest, tag: string): Promise<void> {
    const name = fileNames.manifest(manifest.id);
    const text = Buffer.from(formatManifest(manifest));
    const options = { partial: at(fileNames.partial(name, tag)), onStep: stepsOf("manifest") };
    await writeDurably(at(name), one(text), options);
  }

  const store: BackupStore = {
    list: () =>
      attempt(`backups in ${directory} cannot be listed`, async () => listManifests(directory, await files())),
    async load(id) {
      const path = at(fileNames.manifest(assertBackupId(id)));
      const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== "ENOENT") throw storeError(cause, `backup ${id} cannot be read`);
        throw new SluiceError("BACKUP_UNKNOWN", `there is no backup ${id} in ${directory}`, { hint: "sluice db list" });
      });
      return parseManifest(text, path);
    },
    begin: (id) =>
      attempt(`backup ${id} cannot be written to ${directory}`, async () => {
        assertBackupId(id);
        await make();
        await store.sweep();
        const tag = await ownWriterTag();
        const mark = at(fileNames.writing(id, tag));
        await (await open(mark, "wx", 0o600)).close();
        const { backups, damaged } = await store.list();
        // It may be the newest of all: what begins now would count as older.
        const unread = damaged.find(({ code }) => code !== "BACKUP_INVALID");
        if (unread) {
          await rm(mark, { force: true });
          throw new SluiceError(unread.code, unread.message, {
            hint: "it may be the newest backup of all, so no other begins: let this user read it (chown; or see to the disk), or remove it. Where several users share the directory, give the stacks of each a directory of their own (database.store.directory)",
            cause: unread,
          });
        }
        return createWriter(id, (backups.at(-1)?.seq ?? 0) + 1, tag, mark);
      }),
    async update(manifest) {
      await store.load(manifest.id);
      const what = `the manifest of backup ${manifest.id} cannot be written`;
      await attempt(what, async () => writeManifest(manifest, await ownWriterTag()));
    },
    read(manifest, part, signal) {
      const wanted = part === "dump" ? manifest : manifest.globals;
      const path = at(fileNames.part(manifest.id, part));
      if (!wanted) throw new SluiceError("BACKUP_INVALID", `backup ${manifest.id} has no ${part}`);
      return checkedRead(readFileStream(path, signal), wanted, path);
    },
    remove: (id) =>
      attempt(`backup ${id} cannot be removed`, async () => {
        await rm(at(fileNames.manifest(assertBackupId(id))), { force: true });
        await syncPath(directory);
        for (const part of ["dump", "globals"] as const) await rm(at(fileNames.part(id, part)), { force: true });
        await syncPath(directory);
      }),
    sweep: () =>
      attempt(`what dead backups left in ${directory} cannot be removed`, async () => {
        const found = await files();
        await onStep?.("sweep listed");
        const alive = await aliveWriters(await marksOf(found), clock);
        const gone = leftovers(found, alive);
        // A manifest comes before its writer's mark goes: where that one was not seen any more, this one is there now.
        const left = gone.length === 0 ? [] : stillUnlisted(gone, await files()).map(({ name }) => name);
        for (const name of left) await rm(at(name), { force: true });
        return left;
      }),
    freeBytes: () =>
      attempt(`free space of ${directory} cannot be read`, async () => {
        await make();
        const { bavail, bsize } = await statfs(directory);
        return bavail * bsize;
      }),
  };

  function createWriter(id: string, seq: number, tag: string, mark: string): BackupWriter {
    let committed = false;
    const write = (part: BackupPart, source: AsyncIterable<Uint8Array>, options = {}): Promise<StoredPart> => {
      const name = fileNames.part(id, part);
      return attempt(`${at(name)} cannot be written`, () =>
        writeDurably(at(name), source, {
          ...options,
          partial: at(fileNames.partial(name, tag)),
          onStep: stepsOf(part),
        }),
      );
    };
    return {
      id,
      seq,
      keepsNothing: true,
      write,
      async commit(manifest) {
        if (manifest.id !== id || manifest.seq !== seq) throw new TypeError(`manifest is not that of backup ${id}`);
        await attempt(`the manifest of backup ${id} cannot be written`, async () => {
          await writeManifest(manifest, tag);
          committed = true;
          await rm(mark, { force: true });
        });
      },
      async [Symbol.asyncDispose]() {
        if (committed) return;
        // Why it was not is thrown already; what stays is swept when the next one begins.
        await store.remove(id).catch(() => undefined);
        await rm(mark, { force: true }).catch(() => undefined);
      },
    };
  }
  return store;
}

async function listManifests(directory: string, files: readonly StoreFile[]): Promise<BackupList> {
  const backups: Manifest[] = [];
  const damaged: SluiceError[] = [];
  for (const { name, kind } of files) {
    if (kind !== "json") continue;
    const path = join(directory, name);
    try {
      backups.push(parseManifest(await readFile(path, "utf8"), path));
    } catch (cause) {
      // One that was removed meanwhile is not there.
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") continue;
      const error = storeError(cause, `${path} cannot be read`);
      if (!isSluiceError(error)) throw error;
      damaged.push(error);
    }
  }
  return { backups: backups.toSorted(byAge), damaged };
}

async function* readFileStream(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(path, { highWaterMark: 1 << 18, ...(signal ? { signal } : {}) });
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new SluiceError("BACKUP_INVALID", `${path} is not there, though its manifest is`, { cause: error });
    }
    throw storeError(error, `${path} cannot be read`);
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
