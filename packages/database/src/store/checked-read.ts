import { createHash } from "node:crypto";
import { SluiceError } from "@sluice/core";
import { lettingGo } from "../process/letting-go.ts";
import type { StoredPart } from "./backup-store.ts";

/**
 * Passes bytes on and compares them with what was stored. All of them have passed before a verdict: whoever uses them
 * must wait for the end.
 *
 * @param name for messages
 * @throws SluiceError BACKUP_EMPTY, BACKUP_TRUNCATED (with how much of it is there), BACKUP_CORRUPT
 */
export async function* checkedRead(
  source: AsyncIterable<Uint8Array>,
  wanted: StoredPart,
  name: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of lettingGo(source)) {
    hash.update(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes === wanted.bytes && hash.digest("hex") === wanted.sha256) return;
  const hint = "this backup cannot be used: take another one (sluice db list), and find out what happened to the disk";
  if (bytes === 0) throw new SluiceError("BACKUP_EMPTY", `${name} is empty, it had ${wanted.bytes} bytes`, { hint });
  if (bytes < wanted.bytes) {
    throw new SluiceError("BACKUP_TRUNCATED", `${name} has ${bytes} of its ${wanted.bytes} bytes`, { hint });
  }
  const why =
    bytes > wanted.bytes
      ? `has ${bytes} bytes, ${bytes - wanted.bytes} too many`
      : "holds other bytes than were written";
  throw new SluiceError("BACKUP_CORRUPT", `${name} ${why}`, { hint });
}
