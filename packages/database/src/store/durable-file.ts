import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncPath } from "@sluice/core/node";
import { lettingGo } from "../process/letting-go.ts";
import type { StoredPart, WriteOptions } from "./backup-store.ts";
import { assertReserve, type DiskRoom } from "./disk-reserve.ts";

export interface DurableWrite extends WriteOptions {
  /** Where the bytes go until they are all there; beside `path`. */
  readonly partial: string;
  /** Called at each boundary, so that tests can stop there. */
  readonly onStep?: ((step: FileStep) => void | Promise<void>) | undefined;
  /** Default: that of the file system. */
  readonly roomOf?: ((path: string) => Promise<DiskRoom>) | undefined;
}

export type FileStep = "opened" | "written" | "synced" | "renamed" | "durable";

/** Bytes that are written at once. */
const pieceBytes = 1 << 20;
/** Bytes after which the disk is given what there is, so that the last wait for it is a short one. */
const syncEveryBytes = 32 << 20;

/**
 * Streams bytes into a file of mode 0600 that appears whole or not at all, and survives a loss of power when this
 * resolves. Memory is constant: small chunks are gathered, and what is large enough is written before the next chunk is
 * asked for. The digest is computed in passing.
 *
 * @throws SluiceError DISK_FULL while there is still room for others: see `assertReserve`; else errors of the file system
 */
export async function writeDurably(
  path: string,
  source: AsyncIterable<Uint8Array>,
  { partial, onStep, ...options }: DurableWrite,
): Promise<StoredPart> {
  try {
    const stored = await writePartial(partial, source, { ...options, onStep });
    await rename(partial, path);
    await onStep?.("renamed");
    await syncPath(dirname(path));
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
  { signal, onBytes, onStep, roomOf }: Omit<DurableWrite, "partial">,
): Promise<StoredPart> {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(pieceBytes);
  let filled = 0;
  let bytes = 0;
  await using file = await open(partial, "wx", 0o600);
  const disk = keepSyncing(file, () => assertReserve(dirname(partial), roomOf));
  const put = async (part: Uint8Array) => {
    await writeAll(file, part, hash);
    await disk.wrote(part.length);
  };
  const flush = async () => {
    await put(piece.subarray(0, filled));
    filled = 0;
  };
  await onStep?.("opened");
  for await (const chunk of lettingGo(source)) {
    signal?.throwIfAborted();
    bytes += chunk.length;
    if (chunk.length > pieceBytes - filled) await flush();
    // What is a piece already need not be copied.
    if (chunk.length >= pieceBytes) await put(chunk);
    else {
      piece.set(chunk, filled);
      filled += chunk.length;
    }
    onBytes?.(bytes);
  }
  signal?.throwIfAborted();
  await flush();
  await onStep?.("written");
  await disk.end();
  await file.sync();
  await onStep?.("synced");
  return { sha256: hash.digest("hex"), bytes };
}

async function writeAll(file: FileHandle, piece: Uint8Array, hash: Hash): Promise<void> {
  hash.update(piece);
  for (let done = 0; done < piece.length; ) {
    done += (await file.write(piece, done, piece.length - done)).bytesWritten;
  }
}

/** Syncs now and then while the next bytes are written; one sync at a time, and its failure is the writer's, as is that of the look at the disk. */
function keepSyncing(
  file: FileHandle,
  assertRoom: () => Promise<void>,
): { wrote(bytes: number): Promise<void>; end(): Promise<void> } {
  let unsynced = 0;
  let running: Promise<void> = Promise.resolve();
  return {
    async wrote(bytes) {
      unsynced += bytes;
      if (unsynced < syncEveryBytes) return;
      unsynced = 0;
      await running;
      await assertRoom();
      running = file.datasync();
      running.catch(() => undefined);
    },
    end: () => running,
  };
}
