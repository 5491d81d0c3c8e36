import { mkdir, readdir, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type BundleFile,
  type BundleStore,
  type ComposeModel,
  type ReleaseBundle,
  SluiceError,
  type StoredRelease,
} from "@sluice/core";
import { createFile, syncPath, temporaryName, temporaryPrefix, writeDurably } from "@sluice/core/node";
import { type BundleDocument, formatDocument, invalidBundle, parseDocument } from "./bundle-document.ts";
import { copyTree, makeEmpty } from "./copy-tree.ts";
import { firstDifference, takeInventory } from "./inventory.ts";
import { removeTree } from "./remove-tree.ts";
import { storeError } from "./store-error.ts";

/** Leftovers of a crash are swept when they are older: nobody writes one bundle for that long. */
const staleAfterMs = 24 * 3_600_000;
const idPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const namePattern = /^[A-Za-z0-9._-]{1,200}$/;

/**
 * Releases as directories `<id>/` with `bundle.json`, `model.json` (0600: it holds secrets) and `files/`. A directory is
 * complete or not there. `list` is newest first and leaves out what cannot be read; `load` verifies every byte.
 *
 * Besides what each verb of the port names, all of them throw SluiceError RELEASE_UNKNOWN for an id that can be none, and
 * DISK_FULL or HOME_UNUSABLE where the file system refuses.
 *
 * @param dir absolute path; made when it is not there
 */
export function createBundleStore(dir: string): BundleStore {
  const pathOf = (id: string) => join(dir, assertId(id));

  async function read(id: string): Promise<BundleDocument> {
    const path = join(pathOf(id), "bundle.json");
    const text = await readFile(path, "utf8").catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOENT" && cause.code !== "ENOTDIR") throw cause;
      throw (await exists(pathOf(id))) ? invalidBundle(`release ${id} has no bundle.json`, cause) : unknownRelease(id);
    });
    const document = parseDocument(text, path);
    if (document.bundle.id === id) return document;
    throw invalidBundle(`${path} describes release ${document.bundle.id}`);
  }

  async function load(id: string): Promise<StoredRelease> {
    const { bundle, contents } = await read(id);
    const found = await contentsOf(pathOf(id)).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === "ENOENT" ? invalidBundle(`release ${id} is not complete`, cause) : cause;
    });
    const changed = firstDifference(contents, found);
    if (changed !== null) throw invalidBundle(`${changed} of release ${id} is not as it was stored`);
    const text = await readFile(join(pathOf(id), "model.json"), "utf8");
    return { bundle, model: JSON.parse(text) as ComposeModel, filesDir: join(pathOf(id), "files") };
  }

  async function save(
    bundle: ReleaseBundle,
    model: ComposeModel,
    files: readonly BundleFile[],
  ): Promise<StoredRelease> {
    const target = pathOf(bundle.id);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const temporary = join(dir, temporaryName(bundle.id));
    try {
      await mkdir(join(temporary, "files"), { recursive: true, mode: 0o700 });
      await removeStale(dir, temporary);
      await createFile(join(temporary, "model.json"), JSON.stringify(model));
      for (const { source, name } of files) {
        const copy = join(temporary, "files", assertName(name));
        await (source === null ? makeEmpty(copy) : copyTree(source, copy));
      }
      const document = { bundle, contents: await contentsOf(temporary) };
      await createFile(join(temporary, "bundle.json"), formatDocument(document));
      await syncPath(join(temporary, "files"));
      await syncPath(temporary);
      await rename(temporary, target);
      await syncPath(dir);
    } catch (error) {
      await removeTree(temporary);
      // Whoever was first has stored the same release: an id names its content.
      if (!isOccupied(error)) throw error;
    }
    return load(bundle.id);
  }

  let updates: Promise<unknown> = Promise.resolve();
  return {
    list: () => guarded(dir, () => listBundles(dir, read)),
    load: (id) => guarded(dir, () => load(id)),
    save: (bundle, model, files) => guarded(dir, () => save(bundle, model, files)),
    update(id, change) {
      const updated = updates.then(() =>
        guarded(dir, async () => {
          const document = await read(id);
          const bundle = { ...document.bundle, ...change };
          await writeDurably(join(pathOf(id), "bundle.json"), formatDocument({ ...document, bundle }));
        }),
      );
      updates = updated.catch(() => undefined);
      return updated;
    },
    remove: (id) =>
      guarded(dir, async () => {
        // Renamed first: a crash in the middle of it leaves nothing that looks like a release.
        const gone = join(dir, temporaryName(id));
        await rename(pathOf(id), gone).catch((cause: NodeJS.ErrnoException) => {
          throw cause.code === "ENOENT" ? unknownRelease(id) : cause;
        });
        await removeTree(gone);
      }),
    sweep: () => guarded(dir, () => removeUnfinished(dir)),
  };
}

async function listBundles(
  dir: string,
  read: (id: string) => Promise<BundleDocument>,
): Promise<readonly ReleaseBundle[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const ids = names.filter((name) => idPattern.test(name));
  const documents = await Promise.all(ids.map((id) => read(id).catch(onlyInvalid)));
  return documents
    .flatMap((document) => (document ? [document.bundle] : []))
    .toSorted((a, b) => compare(b.createdAt, a.createdAt) || compare(a.id, b.id));
}

/** One release that cannot be read must not hide the others; whoever asks for it is told why. */
function onlyInvalid(error: { readonly code?: unknown }): null {
  if (error.code === "BUNDLE_INVALID" || error.code === "RELEASE_UNKNOWN") return null;
  throw error;
}

async function contentsOf(path: string) {
  return [...(await takeInventory(path, "model.json")), ...(await takeInventory(path, "files"))];
}

/** Ages are taken from the file system alone, by something that was made now. */
async function removeStale(dir: string, made: string): Promise<void> {
  const now = (await stat(made)).mtimeMs;
  await removeUnfinished(dir, async (path) => {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
    return now - mtimeMs > staleAfterMs;
  });
}

async function removeUnfinished(dir: string, isDead = async (_path: string) => true): Promise<void> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const name of names) {
    const path = join(dir, name);
    if (name.startsWith(temporaryPrefix) && (await isDead(path))) await removeTree(path);
  }
}

async function guarded<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error, dir);
  }
}

function isOccupied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOTEMPTY" || code === "EEXIST";
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function assertId(id: string): string {
  if (idPattern.test(id)) return id;
  throw unknownRelease(id);
}

function assertName(name: string): string {
  if (namePattern.test(name) && name !== "." && name !== "..") return name;
  throw new TypeError(`${JSON.stringify(name)} cannot be the name of a copy in a bundle`);
}

function unknownRelease(id: string): SluiceError {
  return new SluiceError("RELEASE_UNKNOWN", `release ${JSON.stringify(id)} is not stored here`, {
    hint: "sluice history shows which are",
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
