import { SluiceError } from "@sluice/core";

export interface Frame {
  readonly stream: "stdout" | "stderr";
  /** A part of a frame, or several frames that came together. */
  readonly data: Uint8Array;
}

const headerLength = 8;

/**
 * Takes Docker's multiplexed stream apart without collecting it: memory stays constant, and a reader that waits makes
 * the engine wait. What a chunk of the source holds of one stream, frame after frame, is moved together in its place, so
 * that it is passed on at once.
 *
 * @param source its chunks are given away: they are written to
 * @throws SluiceError EXEC_FAILED when the stream ends inside a frame
 */
export async function* readFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const frames = createCutter();
  for await (const chunk of source) for (const frame of frames.take(chunk)) yield frame;
  frames.end();
}

export interface FrameCutter {
  /** What a chunk holds, in order; the chunk is given away. */
  take(chunk: Uint8Array): readonly Frame[];
  /** @throws SluiceError EXEC_FAILED inside a frame */
  end(): void;
}

export function createCutter(): FrameCutter {
  const header = new Uint8Array(headerLength);
  let headerFilled = 0;
  let left = 0;
  return {
    take(chunk) {
      const found: { stream: Frame["stream"]; from: number; to: number }[] = [];
      for (let at = 0; at < chunk.length; ) {
        if (left === 0) {
          const part = chunk.subarray(at, at + headerLength - headerFilled);
          header.set(part, headerFilled);
          headerFilled += part.length;
          at += part.length;
          if (headerFilled < headerLength) continue;
          left = new DataView(header.buffer).getUint32(4);
          headerFilled = 0;
          continue;
        }
        const size = Math.min(left, chunk.length - at);
        const stream = header[0] === 2 ? "stderr" : "stdout";
        const last = found.at(-1);
        if (last?.stream === stream) {
          chunk.copyWithin(last.to, at, at + size);
          last.to += size;
        } else found.push({ stream, from: at, to: at + size });
        at += size;
        left -= size;
      }
      return found.map(({ stream, from, to }) => ({ stream, data: chunk.subarray(from, to) }));
    },
    end() {
      if (left === 0 && headerFilled === 0) return;
      throw new SluiceError("EXEC_FAILED", `the engine's stream ended ${left} bytes early`, { retryable: true });
    },
  };
}
