import { type Clock, SluiceError } from "@sluice/core";

/** What a build leaves to what serves, in bytes. */
const mostLeftBytes = 256 * 1_048_576;
/** Between two looks, in milliseconds: a build writes 500 MB a second at most, and a look costs some microseconds. */
const lookMs = 250;

export interface EngineDisk {
  readonly clock: Pick<Clock, "sleep">;
  /** Bytes that are free on the engine's disk; `null` where nobody here can tell. */
  readonly free: () => Promise<number | null>;
  /** Bytes that were free before the first of several such works; `null` where nobody here can tell. */
  readonly atFirst: number | null;
}

/**
 * Does what fills the engine's disk, and aborts it before there is no room for what serves: where less than 256 MiB are free, or
 * less than a fourth of what was free at the beginning, where that was little.
 *
 * @throws SluiceError DISK_FULL; what the work throws
 */
export async function whileRoom<T>(
  { clock, free, atFirst }: EngineDisk,
  work: (signal?: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (atFirst === null) return work(signal);
  const least = Math.min(mostLeftBytes, atFirst / 4);
  const [full, over] = [new AbortController(), new AbortController()];
  const look = async () => {
    for (;;) {
      await clock.sleep(lookMs, over.signal);
      const left = (await free()) ?? atFirst;
      if (left < least) return full.abort(fullError(left, least));
    }
  };
  // Ends by its signal.
  look().catch(() => undefined);
  try {
    return await work(signal ? AbortSignal.any([signal, full.signal]) : full.signal);
  } catch (error) {
    signal?.throwIfAborted();
    full.signal.throwIfAborted();
    throw error;
  } finally {
    over.abort();
  }
}

function fullError(left: number, least: number): SluiceError {
  const mebibytes = (bytes: number) => Math.floor(bytes / 1_048_576);
  const what = `the build was ended as it left ${mebibytes(left)} MiB of the engine's disk`;
  return new SluiceError("DISK_FULL", `${what}: ${mebibytes(least)} MiB are for what serves, which goes on as it was`, {
    hint: "free space with `docker builder prune` and `sluice prune`; not with `docker system prune`, which takes what a way back needs",
  });
}
