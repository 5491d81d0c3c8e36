import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BundleStore, type ComposeModel, type ReleaseBundle, SluiceError } from "@sluice/core";
import { type BundleDocument, invalidBundle, parseBundleDocument } from "./bundle-file.ts";
import { checksumsOf } from "./checksums.ts";
import { copyMounted } from "./copy-mounted.ts";

const documentName = "bundle.json";
const modelName = "model.json";
const filesName = "files";
const temporaryPrefix = ".tmp-";
/** A crash may leave it; nobody reads it. */
const unfinishedName = `${documentName}${temporaryPrefix}`;
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * Release bundles as directories: `bundle.json` (what it is, with checksums), `model.json` (0600: it holds secrets) and
 * `files/` (copies of what services mount). A bundle is there as a whole or not at all.
 */
export function createBundleStore(directory: string): BundleStore {
  const pathOf = (id: string): string => {
    if (idPattern.test(id) && !id.includes("..")) return join(directory, id);
    throw new SluiceError("RELEASE_UNKNOWN", `${JSON.stringify(id)} is no id of a release`);
  };

  const load: BundleStore["load"] = async (id) => {
    const path = pathOf(id);
    const { bundle, checksums } = await readDocument(path, id);
    const { [documentName]: _document, [unfinishedName]: _unfinished, ...found } = await checksumsOf(path);
    const changed = [...new Set([...Object.keys(checksums), ...Object.keys(found)])].find(
      (name) => checksums[name] !== found[name],
    );
    if (changed !== undefined) throw invalidBundle(id, `${changed} is not what was stored`);
    const model = JSON.parse(await readFile(join(path, modelName), "utf8")) as ComposeModel;
    return { bundle, model, filesDir: join(path, filesName) };
  };

  return {
    load,
    async list() {
      const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return [];
        throw error;
      });
      const read = await Promise.all(
        names
          .filter((name) => idPattern.test(name))
          .map((name) => readDocument(join(directory, name), name).catch(() => null)),
      );
      return read
        .flatMap((document) => (document ? [document.bundle] : []))
        .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id));
    },
    async save(bundle, model, files) {
      const path = pathOf(bundle.id);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const temporary = join(directory, `${temporaryPrefix}${bundle.id}-${randomBytes(4).toString("hex")}`);
      try {
        await mkdir(temporary, { mode: 0o700 });
        await copyMounted(files, join(temporary, filesName));
        await writeSynced(join(temporary, modelName), JSON.stringify(model));
        const checksums = await checksumsOf(temporary);
        await writeSynced(join(temporary, documentName), format({ bundle, checksums }));
        await syncDirectory(temporary);
        await rename(temporary, path);
        await syncDirectory(directory);
      } catch (error) {
        await rm(temporary, { recursive: true, force: true });
        throw storeError(error, bundle.id);
      }
      return load(bundle.id);
    },
    async update(id, change) {
      const path = pathOf(id);
      const { bundle, checksums } = await readDocument(path, id);
      const changed: ReleaseBundle = { ...bundle, ...change };
      const temporary = join(path, unfinishedName);
      await writeSynced(temporary, format({ bundle: changed, checksums }));
      await rename(temporary, join(path, documentName));
      await syncDirectory(path);
    },
    async remove(id) {
      const path = pathOf(id);
      const gone = join(directory, `${temporaryPrefix}gone-${id}-${randomBytes(4).toString("hex")}`);
      // Renamed first, so that a crash leaves no half of a bundle that still looks like one.
      await rename(path, gone).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
      await rm(gone, { recursive: true, force: true });
    },
  };
}

async function readDocument(path: string, id: string): Promise<BundleDocument> {
  const text = await readFile(join(path, documentName), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") {
      throw new SluiceError("RELEASE_UNKNOWN", `no release ${id} is stored`, {
        hint: "sluice history shows the releases there are",
      });
    }
    throw error;
  });
  return parseBundleDocument(text, id);
}

const format = (document: BundleDocument): string => `${JSON.stringify(document, null, 2)}\n`;

async function writeSynced(path: string, content: string): Promise<void> {
  await writeFile(path, content, { mode: 0o600, flush: true });
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, "r");
  await directory.sync();
}

function storeError(cause: unknown, id: string): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return cause;
  return new SluiceError("DISK_FULL", `release ${id} could not be stored: no space left (${code})`, {
    hint: "free some space in the state home, then run the command again",
    retryable: true,
    cause,
  });
}
