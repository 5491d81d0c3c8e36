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
    expect(lines.find((line) => line.startsWith("**Rehearsal"))).toBe(
      String.raw`**Rehearsal:** the migration must not run; on a copy of backup t of release t, 1h old, it took 1.5s; a rollback of images is safe: no (t)`,
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        "| block | t | t | t |",
        String.raw`| 12ms | 0 | alter table t \(2 times\) \(t\) |`,
        "| t | t | 14ms | t |",
        "| t | 12.3 MB | 7 | t |",
        "| t | 7 | 9 | 2 | 0 | 0 |",
        "| gone t | 7 | no table | 0 | 0 | 0 |",
        "Not tested: t; mail; 3 entries are left out: sluice db rehearse",
      ]),
    );
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
    expect(new Set(tables.map((line) => line.match(/(?<!\\)\|/g)?.length))).toEqual(new Set([4, 5, 6, 7]));
    expect(lines.join("\n")).not.toMatch(/<|(?<!\\)\[|(?<!\\)`|https:\/\/|@/);
  });
});
