import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { StoredPart, WriteOptions } from "./backup-store.ts";

export interface DurableWrite extends WriteOptions {
  /** Where the bytes go until they are all there; beside `path`. */
  readonly partial: string;
  /** Called at each boundary, so that tests can stop there. */
  readonly onStep?: ((step: FileStep) => void | Promise<void>) | undefined;
}

export type FileStep = "opened" | "written" | "synced" | "renamed" | "durable";

/**
 * Streams bytes into a file of mode 0600 that appears whole or not at all, and survives a loss of power when this
 * resolves. Memory is constant: a chunk is written before the next is asked for. The digest is computed in passing.
 */
export async function writeDurably(
  path: string,
  source: AsyncIterable<Uint8Array>,
  { partial, signal, onBytes, onStep }: DurableWrite,
): Promise<StoredPart> {
  try {
    const stored = await writePartial(partial, source, { signal, onBytes, onStep });
    await rename(partial, path);
    await onStep?.("renamed");
    await syncDirectory(dirname(path));
    await onStep?.("durable");
    return stored;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function writePartial(
  partial: string,
  source: AsyncIterable<Uint8Array>,
  { signal, onBytes, onStep }: Omit<DurableWrite, "partial">,
): Promise<StoredPart> {
  const hash = createHash("sha256");
  let bytes = 0;
  await using file = await open(partial, "wx", 0o600);
  await onStep?.("opened");
  for await (const chunk of source) {
    signal?.throwIfAborted();
    hash.update(chunk);
    for (let done = 0; done < chunk.length; ) {
      done += (await file.write(chunk, done, chunk.length - done)).bytesWritten;
    }
    bytes += chunk.length;
    onBytes?.(bytes);
  }
  signal?.throwIfAborted();
  await onStep?.("written");
  await file.sync();
  await onStep?.("synced");
  return { sha256: hash.digest("hex"), bytes };
}

/** Makes creations, renames and removals in a directory survive a loss of power. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, "r");
  await directory.sync();
}
