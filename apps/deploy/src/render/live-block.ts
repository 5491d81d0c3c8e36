import { stripVTControlCharacters } from "node:util";
import type { Output } from "../context.ts";

/** Lines at the end of a terminal that are drawn again and again, below lines that stay. */
export interface LiveBlock {
  /** Writes lines that stay, above the block. */
  print(text: string): void;
  draw(lines: readonly string[]): void;
  clear(): void;
}

const lineUp = "\u001B[1A";
const clearLine = "\u001B[2K";

export function createLiveBlock(output: Output): LiveBlock {
  let drawn = 0;
  const erase = () => `${`${lineUp}${clearLine}`.repeat(drawn)}\r`;
  return {
    print(text) {
      output.write(`${erase()}${text.endsWith("\n") ? text : `${text}\n`}`);
      drawn = 0;
    },
    draw(lines) {
      const fitting = lines.map((line) => fit(line, output.columns ?? 80));
      output.write(`${erase()}${fitting.map((line) => `${line}\n`).join("")}`);
      drawn = fitting.length;
    },
    clear() {
      if (drawn > 0) output.write(erase());
      drawn = 0;
    },
  };
}

/** A line that wraps would leave its rest behind. */
function fit(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length < columns ? line : `${plain.slice(0, Math.max(1, columns - 2))}…`;
}
