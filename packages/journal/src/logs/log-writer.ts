import { closeSync, existsSync, fstatSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import type { LogOrigin, OutputLine } from "@sluice/core";

export interface LogWriter extends Disposable {
  /** @throws what the file system says */
  write(line: Pick<OutputLine, "stream" | "text">): void;
  /** What was written is not all there was: something older was left out. */
  markCut(): void;
}

export interface LogWriterOptions {
  /** What is kept at most. Half of it at least is kept of what is longer. */
  readonly mostBytes: number;
  /** In the place of what is there. Default: after it. */
  readonly anew?: boolean | undefined;
}

/** The part before: what is older than that is gone. */
export const olderPart = (path: string): string => `${path}.1`;

/** The first line of a part begins with whether something came before it, which may be known only later. */
const [uncut, cut] = ['{"cut":0', '{"cut":1'];

/**
 * Writes a log of which only the newest part is kept: one JSON object a line, in two files that take turns, so that neither
 * memory nor the disk holds more of it, and a crash costs no more than the line it tears. Each line is written at once: what came
 * faster than the disk takes it would have to wait in memory.
 */
export function openLog(
  path: string,
  { container, service, place }: LogOrigin,
  { mostBytes, anew = false }: LogWriterOptions,
): LogWriter {
  if (anew) for (const part of [path, olderPart(path)]) rmSync(part, { force: true });
  const head = (begin: string) => `${begin}${JSON.stringify({ container, service, place }).replace("{", ",")}\n`;
  let [file, bytes] = [-1, 0];
  const begin = (first: string) => {
    file = openSync(path, "a", 0o600);
    bytes = fstatSync(file).size;
    if (bytes === 0) put(head(first));
  };
  const put = (text: string) => {
    bytes += writeSync(file, text);
  };
  begin(uncut);
  return {
    write({ stream, text }) {
      const line = `${JSON.stringify({ stream, text })}\n`;
      if (bytes + Buffer.byteLength(line) > mostBytes / 2) {
        const isThird = existsSync(olderPart(path));
        closeSync(file);
        if (isThird) markFirst(path, cut);
        renameSync(path, olderPart(path));
        begin(uncut);
      }
      put(line);
    },
    markCut: () => markFirst(existsSync(olderPart(path)) ? olderPart(path) : path, cut),
    [Symbol.dispose]: () => closeSync(file),
  };
}

function markFirst(path: string, mark: string): void {
  const file = openSync(path, "r+");
  try {
    writeSync(file, mark, 0);
  } finally {
    closeSync(file);
  }
}
