import type { Readable } from "node:stream";

/** The server did not send a byte in time, or could not be connected to in time. By this name the library's own are told, too. */
const silence = "TimeoutError";

export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.name === silence;
}

/**
 * The bytes, as slowly as they are asked for: only while somebody waits for the next ones does the time run.
 *
 * @throws an error that `isSilence` tells, after `silenceMs` without any; the reason of the signal
 */
export async function* readUnlessSilent(
  bytes: Readable,
  silenceMs: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const abort = () => bytes.destroy(signal?.reason as Error);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    while (true) {
      const timer = setTimeout(() => {
        bytes.destroy(Object.assign(new Error(`no bytes in ${silenceMs} ms`), { name: silence }));
      }, silenceMs);
      const next = await iterator.next().finally(() => clearTimeout(timer));
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal?.removeEventListener("abort", abort);
    bytes.destroy();
  }
}
