import { type Duplex, finished } from "node:stream";
import { createCutter, type Frame } from "./frames.ts";
import { readInPlace } from "./read-in-place.ts";

/**
 * As `readFrames`, for much output: its beginning as it comes, and from then on so many bytes at once, which saves most of
 * what each chunk of a connection costs. A piece holds its bytes until the next one is asked for: there are two, which are
 * used in turns, and while both are full the engine waits. Ever new ones would be memory to be collected, as would be each
 * chunk of the connection (see `connectInPlace`).
 *
 * @throws SluiceError EXEC_FAILED when the stream ends inside a frame; what breaks the connection
 */
export async function* gatherFrames(connection: Duplex, bytes: number): AsyncGenerator<Frame> {
  const cutter = createCutter();
  const pieces = createPieces(bytes);
  const others: Frame[] = [];
  let over: { readonly error: unknown } | null = null;
  let wake: () => void = () => undefined;
  const onData = (chunk: Uint8Array) => {
    for (const frame of cutter.take(chunk)) {
      if (frame.stream === "stdout") pieces.add(frame.data);
      else others.push({ ...frame, data: Buffer.from(frame.data) });
    }
    if (pieces.isFull()) connection.pause();
    if (pieces.hasWhole() || others.length > 0) wake();
  };
  const release = finished(connection, { writable: false }, (error) => {
    over = { error };
    wake();
  });
  connection.on("data", onData);
  readInPlace(connection, onData);
  try {
    for (;;) {
      yield* others.splice(0);
      const ended = over as { readonly error: unknown } | null;
      const data = pieces.take(ended !== null);
      if (data) {
        if (!pieces.isFull()) connection.resume();
        yield { stream: "stdout", data };
      } else if (ended?.error) throw ended.error;
      else if (ended) return cutter.end();
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    release();
    connection.off("data", onData);
  }
}

interface Pieces {
  add(data: Uint8Array): void;
  /** More would have to wait elsewhere. */
  isFull(): boolean;
  hasWhole(): boolean;
  /** The next whole piece, or at the end what there is; the one before is used again. */
  take(isEnd: boolean): Uint8Array | null;
}

function createPieces(bytes: number): Pieces {
  /** The one that is filled, and the one that was taken. */
  let [filling, taken] = [Buffer.allocUnsafeSlow(bytes), Buffer.allocUnsafeSlow(bytes)];
  let filled = 0;
  let hasStarted = false;
  /** What came when there was no room. */
  let waiting: Uint8Array[] = [];
  const add = (data: Uint8Array) => {
    const part = data.subarray(0, bytes - filled);
    filling.set(part, filled);
    filled += part.length;
    if (part.length < data.length) waiting.push(Buffer.from(data.subarray(part.length)));
  };
  const hasWhole = () => filled === bytes || (filled > 0 && !hasStarted);
  return {
    add,
    hasWhole,
    isFull: () => filled === bytes,
    take(isEnd) {
      if (!hasWhole() && !(isEnd && filled > 0)) return null;
      hasStarted = true;
      const piece = filling.subarray(0, filled);
      [filling, taken] = [taken, filling];
      filled = 0;
      const late = waiting;
      waiting = [];
      for (const data of late) add(data);
      return piece;
    },
  };
}
