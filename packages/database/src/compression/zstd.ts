import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import { SluiceError } from "@sluice/core";
import { lettingGo } from "../process/letting-go.ts";

/** Compresses in this process, with a checksum, as the command line does. */
export function compress(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const params = { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 };
  return through(source, createZstdCompress({ params }));
}

/** @throws SluiceError BACKUP_TRUNCATED, BACKUP_CORRUPT */
export async function* decompress(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* through(source, createZstdDecompress());
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!/^(?:ZSTD_|Z_|ERR_ZLIB)/.test(code)) throw error;
    const isCutOff = code === "Z_BUF_ERROR";
    throw new SluiceError(
      isCutOff ? "BACKUP_TRUNCATED" : "BACKUP_CORRUPT",
      `the backup cannot be decompressed: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

async function* through(source: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Uint8Array> {
  const piped = pipeline(source, transform);
  // It reaches whoever reads the transform.
  piped.catch(() => undefined);
  try {
    yield* lettingGo(transform as AsyncIterable<Uint8Array>);
    await piped;
  } finally {
    transform.destroy();
  }
}
