import { SluiceError } from "@sluice/core";
import { decompress } from "../compression/zstd.ts";
import type { Manifest } from "../model/manifest.ts";
import type { BackupPart } from "../store/backup-store.ts";
import type { BackupPorts } from "./ports.ts";
import { counted } from "./progress.ts";

type ReadPorts = Pick<BackupPorts, "store" | "cipher" | "onProgress">;

/** Reads a backup to its end and compares it with its manifest. @throws SluiceError BACKUP_EMPTY, BACKUP_TRUNCATED, BACKUP_CORRUPT */
export async function checkStored(
  { store, onProgress }: ReadPorts,
  manifest: Manifest,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (manifest.globals) for await (const _chunk of store.read(manifest, "globals", signal));
  const onBytes = (bytes: number) => onProgress?.({ phase: "read", bytes, totalBytes: manifest.bytes });
  for await (const _chunk of counted(store.read(manifest, "dump", signal), onBytes));
}

/** The dump as the database's tools read it: decrypted, decompressed. @throws SluiceError also BACKUP_KEY_WRONG */
export function openDump(
  { store, cipher, onProgress }: ReadPorts,
  manifest: Manifest,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  const onBytes = (bytes: number) => onProgress?.({ phase: "restore", bytes, totalBytes: manifest.bytes });
  const opened = plain(cipher, manifest, counted(store.read(manifest, "dump", signal), onBytes));
  return manifest.compression === "none" ? opened : decompress(opened);
}

/** `null` where the backup has none. */
export async function readGlobals(
  { store, cipher }: ReadPorts,
  manifest: Manifest,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const part: BackupPart = "globals";
  if (!manifest[part]) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of plain(cipher, manifest, store.read(manifest, part, signal))) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function plain(
  cipher: BackupPorts["cipher"],
  manifest: Manifest,
  source: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  if (!manifest.cipher) return source;
  if (cipher) return cipher.decrypt(source, { backup: manifest.id, recipient: manifest.cipher.recipient });
  throw new SluiceError("BACKUP_KEY_WRONG", `backup ${manifest.id} is encrypted for ${manifest.cipher.recipient}`, {
    hint: "configure database.encryption with that recipient and the file of its identity",
  });
}
