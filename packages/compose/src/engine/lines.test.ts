import { describe, expect, it } from "vitest";
import { createByteLines, createLineSplitter } from "./lines.ts";

function split(...pieces: readonly (string | Uint8Array)[]): readonly string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const piece of pieces) splitter.push(typeof piece === "string" ? Buffer.from(piece) : piece);
  splitter.end();
  return lines;
}

describe("lines of what comes in pieces", () => {
  it("are whole, whatever the pieces are", () => {
    expect(split("one\ntw", "o\r", "\n\nthr", "", "ee")).toEqual(["one", "two", "", "three"]);
  });

  it("keep a character that is on the border of two pieces", () => {
    const bytes = Buffer.from("a€b\n");
    expect(split(bytes.subarray(0, 2), bytes.subarray(2, 3), bytes.subarray(3))).toEqual(["a€b"]);
  });

  it("are looked through once, and kept no longer than 1 MiB, where no line ends", () => {
    const piece = Buffer.alloc(65_536, "x");
    const found: { length: number; continues: boolean }[] = [];
    const splitter = createByteLines(({ length }, continues) => found.push({ length, continues }));
    for (let index = 0; index < 40; index += 1) splitter.push(piece);
    expect(found).toHaveLength(2);
    splitter.push(Buffer.from("\nnext\n"));
    expect(found.map(({ continues }) => continues)).toEqual([false, true, true, false]);
    const total = found.reduce((sum, { length }) => sum + length, 0);
    expect(total).toBe(40 * 65_536 + "next".length);
  });

  it("that are too long are cut at a space, else between two characters", () => {
    const words = split(`${"x".repeat(700_000)} secret`, "y".repeat(700_000), "\n");
    expect(words).toEqual([`${"x".repeat(700_000)} `, `secret${"y".repeat(700_000)}`]);
    const euros = split(Buffer.from("€".repeat(350_000)).subarray(0, 1_048_577), Buffer.from("€\n").subarray(2));
    expect(euros).toEqual(["€".repeat(349_525), "€"]);
  });
});
