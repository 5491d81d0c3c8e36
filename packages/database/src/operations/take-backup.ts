import { SluiceError } from "@sluice/core";
import { decompress } from "../compression/zstd.ts";
import type { DriverCall, RunningDump } from "../driver.ts";
import { createBackupId } from "../model/backup-id.ts";
import { type DatabaseId, isOfDatabase } from "../model/database-id.ts";
import type { Manifest } from "../model/manifest.ts";
import type { BackupWriter, StoredPart } from "../store/backup-store.ts";
import type { BackupPorts } from "./ports.ts";

export interface BackupRequest {
  /** The service whose database it is. */
  readonly service: string;
  /** Id of the image that its container runs. */
  readonly image: string;
  /** Id of the release that serves: whose data it is. */
  readonly release: string | null;
}

/** A frame of zstd around nothing, with its checksum, is no longer than this. */
const emptyFrameBytes = 13;

/**
 * Takes a backup: one moment of the database, streamed, with a digest of the file and a fingerprint of the content. It is
 * there when this resolves, and otherwise nothing of it is.
 *
 * @throws SluiceError DISK_FULL (asked before, with a fifth to spare; in a directory also while there is still room for others), BACKUP_KEY_WRONG, DATABASE_UNREACHABLE,
 * BACKUP_FAILED, BACKUP_EXIT_LOST, BACKUP_EMPTY
 */
export async function takeBackup(
  ports: BackupPorts,
  { service, image, release }: BackupRequest,
  signal?: AbortSignal,
): Promise<Manifest> {
  const { driver, store, clock, cipher, randomId, stack, homes } = ports;
  const id = createBackupId(clock.now(), randomId());
  const call = { backup: id, signal };
  if (cipher?.canDecrypt) await cipher.test();
  await assertSpace(ports, { service, kind: driver.kind, name: driver.database }, call);

  await using writer = await store.begin(id, signal);
  const at = clock.now().toISOString();
  await using dump = await driver.dump(call);
  const fingerprint = dump.fingerprint();
  // It also fails when the dump does, which says more.
  fingerprint.catch(() => undefined);
  const roles = driver.globals(call);
  roles.catch(() => undefined);
  // What is encrypted cannot be compressed any more, and never holds the same twice.
  const compression = writer.compresses && !cipher ? "none" : "zstd";
  const stored = await writeDump(ports, writer, dump, compression, signal);
  const globals = await writeGlobals(ports, writer, await roles, signal);
  const notTested = untested(ports, globals, dump);
  const manifest: Manifest = {
    v: 1,
    id,
    seq: writer.seq,
    at,
    kind: driver.kind,
    ...(stack === undefined ? {} : { stack }),
    ...(homes === undefined ? {} : { home: homes[0] }),
    service,
    release,
    database: dump.live.database,
    server: dump.live.server,
    image,
    ...stored,
    rawBytes: compression === "none" ? stored.bytes : dump.rawBytes(),
    sizeBytes: dump.live.sizeBytes,
    compression,
    cipher: cipher && { alg: cipher.alg, recipient: cipher.recipient },
    globals,
    fingerprint: await fingerprint,
    ...(dump.unseen?.length ? { lacking: [...dump.unseen] } : {}),
    verified: [{ level: "written", at: clock.now().toISOString(), restoreMs: 0, notTested }],
  };
  signal?.throwIfAborted();
  await writer.commit(manifest);
  return manifest;
}

async function writeDump(
  { cipher, onProgress }: BackupPorts,
  writer: BackupWriter,
  dump: RunningDump,
  compression: Manifest["compression"],
  signal: AbortSignal | undefined,
): Promise<StoredPart> {
  let plainBytes = 0;
  async function* measured() {
    for await (const chunk of dump.bytes) {
      plainBytes += chunk.length;
      yield chunk;
    }
  }
  const source = cipher
    ? cipher.encrypt(kept(measured()))
    : compression === "none"
      ? decompress(kept(measured()))
      : writer.keepsNothing
        ? measured()
        : kept(measured());
  const onBytes = (bytes: number) => onProgress?.({ phase: "dump", bytes, totalBytes: null });
  const stored = await writer.write("dump", source, { signal, onBytes, likelyBytes: dump.live.sizeBytes });
  if (plainBytes <= emptyFrameBytes || dump.rawBytes() === 0) {
    throw new SluiceError("BACKUP_EMPTY", "the dump is empty, though every process ended well", {
      hint: "nothing was stored; run the database's own dump by hand and look at what it writes",
    });
  }
  return stored;
}

async function writeGlobals(
  { cipher }: BackupPorts,
  writer: BackupWriter,
  globals: Uint8Array | null,
  signal: AbortSignal | undefined,
): Promise<StoredPart | null> {
  if (!globals) return null;
  const source = once(globals);
  return writer.write("globals", cipher ? cipher.encrypt(source) : source, { signal });
}

async function assertSpace({ driver, store }: BackupPorts, database: DatabaseId, call: DriverCall): Promise<void> {
  const last = (await store.list(call.signal)).backups.findLast((backup) => isOfDatabase(backup, database));
  const free = await store.freeBytes();
  // Most databases become a fourth of what they take on their disk, indexes included, or less.
  const [wanted, what] = last
    ? [Math.ceil(last.bytes * 1.2), "the last one, and a fifth"]
    : [Math.ceil((await driver.probe(call)).sizeBytes / 4), "for the first one a fourth of what the database takes"];
  if (free >= wanted) return;
  throw new SluiceError("DISK_FULL", `${free} bytes are free for backups, ${wanted} are wanted: ${what}`, {
    hint: "free some space, or keep fewer backups (database.keep, sluice db prune)",
  });
}

function untested(
  { cipher }: BackupPorts,
  globals: StoredPart | null,
  { notComparable = null, unseen = [] }: RunningDump,
): string[] {
  return [
    "whether it can be restored: sluice db verify",
    ...(cipher && !cipher.canDecrypt ? ["whether the key that belongs to the recipient is still there"] : []),
    ...(globals ? [] : ["roles: the database's user may not read them"]),
    ...unseen,
    ...(notComparable === null ? [] : [`whether it holds what the database held: ${notComparable}`]),
  ];
}

/** Large ones outlive a collection of young memory, and then take one of all of it. */
const keptBytes = 1 << 16;

/** For whoever asks for the next chunk before he is done with this one. */
async function* kept(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += keptBytes) yield Buffer.from(chunk.subarray(at, at + keptBytes));
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
