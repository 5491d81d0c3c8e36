import { describe, expect, it } from "vitest";
import { formatMarkdownTable, formatNumber, formatTable } from "./table.ts";

describe("tables", () => {
  it("align names to the left and numbers to the right", () => {
    const rows = [
      ["what", "ms"],
      ["help", "95"],
      ["a no-op deployment", "1043"],
    ];
    expect(formatTable(rows)).toBe(
      [
        "what                  ms",
        "------------------  ----",
        "help                  95",
        "a no-op deployment  1043",
      ].join("\n"),
    );
  });

  it("leave out what a row does not have", () => {
    expect(
      formatTable([["a", "b"], ["x"]])
        .split("\n")
        .at(-1),
    ).toBe("x");
  });

  it("are Markdown too, whatever is in a cell", () => {
    expect(
      formatMarkdownTable([
        ["a", "b"],
        ["x", "1 | 2"],
      ]),
    ).toBe("| a | b |\n| --- | --- |\n| x | 1 \\| 2 |");
  });

  it.each([
    [0, "0"],
    [3, "3"],
    [0.123, "0.12"],
    [12.34, "12.3"],
    [1234.5, "1235"],
    [Number.NaN, "-"],
  ])("show %d as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});
