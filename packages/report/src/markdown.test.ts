import { describe, expect, it } from "vitest";
import { aBundle, anAttempt } from "../test/an-attempt.ts";
import { renderMarkdown, reportData } from "./index.ts";

const markdownOf = (text: string) =>
  renderMarkdown(reportData(anAttempt({ text }), { stack: "shop", bundle: aBundle(text), redact: (value) => value }));

describe("the report as Markdown", () => {
  it("says in short what happened", () => {
    const lines = markdownOf("t").split("\n");
    expect(lines[0]).toBe("## shop: deploy v2 t, rolled-back");
    expect(lines).toContain("**Now serves:** t (slot blue, 100 %)".replaceAll(/[()]/g, String.raw`\$&`));
    expect(lines).toContain("| shift | door t | failed | +1s | 1s |");
    expect(lines).toContain("| errors t | fail | 20 % t | &lt;= 1 % t | 1234 | &lt; 0.001 |");
    expect(lines).toContain(
      String.raw`- **error ANALYSIS\_FAILED:** t (t)`
        .replaceAll(/[()]/g, String.raw`\$&`)
        .replace(String.raw`\(t\)`, "(t)"),
    );
  });

  it("takes no markup, row, link or mention from text of others", () => {
    const text = "a\n\n# b | <img src=x> **c** `d` [e](javascript:f) https://g.example @h";
    const lines = markdownOf(text).split("\n");
    expect(lines.filter((line) => line.startsWith("#"))).toHaveLength(1);
    const tables = lines.filter((line) => line.startsWith("|"));
    expect(new Set(tables.map((line) => line.match(/(?<!\\)\|/g)?.length))).toEqual(new Set([6, 7]));
    expect(lines.join("\n")).not.toMatch(/<|(?<!\\)\[|(?<!\\)`|https:\/\/|@/);
  });
});
