import { SluiceError } from "@sluice/core";

/** What a server of S3 takes for one object. */
const mostParts = 10_000;
const leastPartBytes = 16 << 20;
const mib = 1 << 20;

/**
 * Bytes of each part of an upload, of which two are in memory at once. Nobody knows how much a dump will be: there is room for
 * twice what is likely, and for 160 GB at least. Pure.
 */
export function partBytesFor(likelyBytes = 0): number {
  return Math.max(leastPartBytes, Math.ceil((likelyBytes * 2) / mostParts / mib) * mib);
}

/** What the library says where there are too many is no error of the server, nor of ours. @throws SluiceError BACKUP_FAILED */
export async function* withinParts(
  source: AsyncIterable<Uint8Array>,
  place: string,
  partBytes: number,
): AsyncGenerator<Uint8Array> {
  const most = partBytes * mostParts;
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > most) {
      throw new SluiceError(
        "BACKUP_FAILED",
        `it is larger than ${place} takes in ${mostParts} parts of ${partBytes} bytes`,
        {
          hint: "parts are as large as the size of the database asks for, which its dump exceeds by far: keep such backups in a directory or in restic (database.store)",
        },
      );
    }
    yield chunk;
  }
}
