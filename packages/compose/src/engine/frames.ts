import { SluiceError } from "@sluice/core";

export interface Frame {
  readonly stream: "stdout" | "stderr";
  /** A part of a frame at most: a large frame comes in several pieces. */
  readonly data: Uint8Array;
}

const headerLength = 8;

/**
 * Takes Docker's multiplexed stream apart without collecting it: memory stays constant, and a reader that waits makes
 * the engine wait.
 *
 * @throws SluiceError EXEC_FAILED when the stream ends inside a frame
 */
export async function* readFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const header = new Uint8Array(headerLength);
  let headerFilled = 0;
  let left = 0;
  for await (const chunk of source) {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const part = chunk.subarray(at, at + headerLength - headerFilled);
        header.set(part, headerFilled);
        headerFilled += part.length;
        at += part.length;
        if (headerFilled < headerLength) continue;
        left = new DataView(header.buffer).getUint32(4);
        headerFilled = 0;
      } else {
        const data = chunk.subarray(at, at + left);
        at += data.length;
        left -= data.length;
        yield { stream: header[0] === 2 ? "stderr" : "stdout", data };
      }
    }
  }
  if (left > 0 || headerFilled > 0) {
    throw new SluiceError("EXEC_FAILED", `the engine's stream ended ${left} bytes early`, { retryable: true });
  }
}
