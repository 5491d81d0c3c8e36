import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeHtml, limitBytes, oneLine, safeLink, withoutMarkdown } from "./text.ts";

const text = fc.string({ unit: "binary", maxLength: 60 });

describe("text", () => {
  it("is limited in bytes without breaking a character", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 3, max: 80 }), (given, most) => {
        const limited = limitBytes(given, most);
        expect(Buffer.byteLength(limited)).toBeLessThanOrEqual(most);
        const fits = Buffer.byteLength(given) <= most;
        expect(fits ? limited === given : given.startsWith(limited.slice(0, -1))).toBe(true);
      }),
    );
  });

  it("on one line has no control characters and is not too long", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (given, most) => {
        const line = oneLine(given, most);
        expect(Array.from(line).length).toBeLessThanOrEqual(most);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });

  it("without Markdown keeps no sign that could mean something", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from("\\`*~[]()<>!|@_#a1 中")) }), (given) => {
        expect(withoutMarkdown(given)).not.toMatch(/[\\`*~[\]()<>!|@]/);
      }),
    );
    expect(withoutMarkdown("fix snake_case #12 _now_ [x](y) <@all> PR#7")).toBe(
      "fix snake_case ＃12 ＿now＿ ［x］（y） ＜＠all＞ PR#7",
    );
  });

  it("as HTML has no markup", () => {
    expect(escapeHtml(`<a href="x">&amp;`)).toBe("&lt;a href=&quot;x&quot;&gt;&amp;amp;");
  });

  it("as a link is http or https", () => {
    expect(["ftp://x", "x", "", "data:text/html,x"].map(safeLink)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(safeLink("http://x/?a=b#c")).toBe("http://x/?a=b#c");
  });
});
