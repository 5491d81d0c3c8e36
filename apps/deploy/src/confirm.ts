import { createInterface } from "node:readline/promises";

/** Asks on the terminal; everything but yes is no. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  // Not in raw mode, so that Ctrl-C stays the signal that it always is.
  const terminal = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
