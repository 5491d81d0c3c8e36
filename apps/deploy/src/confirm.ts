import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import type { Readable } from "node:stream";

interface Terminal {
  readonly input: Readable;
  readonly output: NodeJS.WritableStream;
}

/** Asks on the terminal; everything but yes is no, and so is an input that ends, as by Ctrl-D. */
export async function confirm(
  question: string,
  signal: AbortSignal,
  { input, output }: Terminal = { input: process.stdin, output: process.stdout },
): Promise<boolean> {
  // It would tell of its end no second time.
  if (input.readableEnded) return false;
  // Not in raw mode, so that Ctrl-C stays the signal that it always is.
  const terminal = createInterface({ input, output, terminal: false });
  const ended = once(terminal, "close").then(() => null);
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }), ended]);
    // The cursor is still behind the question.
    if (answer === null) output.write("\n");
    return /^y(es)?$/i.test(answer?.trim() ?? "");
  } finally {
    terminal.close();
  }
}
