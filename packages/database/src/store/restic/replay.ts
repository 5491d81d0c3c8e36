/** A source that may be read from its beginning again, as long as little of it was read. */
export interface Replay {
  /** From the beginning. What an earlier reader was given last, it need not have used. */
  chunks(): AsyncGenerator<Uint8Array>;
  /** Whether its beginning is still held. */
  canStartAgain(): boolean;
  isEmpty(): Promise<boolean>;
  /** Nothing more is read; the source may clean up, which is not waited for. */
  close(): void;
}

/**
 * Holds the beginning of a source, for a reader that may fail before it has begun: a process that waits for a lock reads
 * nothing, and what it was handed lies in a pipe of 64 KiB and the buffers in front of it.
 *
 * @param limit bytes; once more were read, none are held
 */
export function createReplay(source: AsyncIterable<Uint8Array>, limit = 4 << 20): Replay {
  const iterator = source[Symbol.asyncIterator]();
  let held: Uint8Array[] | null = [];
  let bytes = 0;
  let pending: Promise<IteratorResult<Uint8Array>> | undefined;
  let reader = 0;
  const next = () => (pending ??= iterator.next());

  return {
    canStartAgain: () => held !== null,
    isEmpty: async () => held?.length === 0 && (await next()).done === true,
    close: () => void iterator.return?.().catch(() => undefined),
    async *chunks() {
      if (!held) throw new TypeError("the beginning of the source is gone");
      const own = (reader += 1);
      yield* held;
      for (;;) {
        const { done, value } = await next();
        // Another one has taken its place while it waited: the chunk is for that.
        if (done || own !== reader) return;
        pending = undefined;
        bytes += value.length;
        if (bytes > limit) held = null;
        held?.push(value);
        yield value;
      }
    },
  };
}
