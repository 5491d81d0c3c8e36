import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
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
const usualColumns = 80;
/** As people count them: an emoji with a colour of skin is one. */
const characters = new Intl.Segmenter();

export function createLiveBlock(output: Output): LiveBlock {
  let drawn = 0;
  const erase = () => `${`${lineUp}${clearLine}`.repeat(drawn)}\r`;
  return {
    print(text) {
      output.write(`${erase()}${text.endsWith("\n") ? text : `${text}\n`}`);
      drawn = 0;
    },
    draw(lines) {
      // A terminal that does not know its size says 0.
      const fitting = lines.map((line) => fit(line, output.columns || usualColumns));
      output.write(`${erase()}${fitting.map((line) => `${line}\n`).join("")}`);
      drawn = fitting.length;
    },
    clear() {
      if (drawn > 0) output.write(erase());
      drawn = 0;
    },
  };
}

/** A line that wraps would leave its rest behind. Characters of East Asia and emoji take two columns. */
function fit(line: string, columns: number): string {
  if (stringWidth(line) < columns) return line;
  let text = "";
  let left = columns - 2;
  for (const { segment } of characters.segment(stripVTControlCharacters(line))) {
    left -= stringWidth(segment);
    if (left < 0) break;
    text += segment;
  }
  return `${text}…`;
}
