import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepEnd, keepStart } from "./shorten.ts";

describe("a text that is too long", () => {
  it("keeps its beginning, up to the end of a word", () => {
    expect(keepStart("one two three", 13)).toBe("one two three");
    expect(keepStart("one two three", 9)).toBe("one two …");
    expect(keepStart("one two three", 7)).toBe("one two …");
    expect(keepStart("onetwothree", 7)).toBe(" …");
    expect(keepStart('{"error":"no_such_table","code":42}', 28)).toBe('{"error":"no_such_table"," …');
  });

  it("keeps its end, from the beginning of a word", () => {
    expect(keepEnd("one two three", 13)).toBe("one two three");
    expect(keepEnd("one two three", 7)).toBe("… three");
    expect(keepEnd("one two three", 9)).toBe("… two three");
    expect(keepEnd("onetwothree", 7)).toBe("… ");
  });

  it("never shows a part of a word, wherever it is cut", () => {
    const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[\s…"<>{}[\],]/.test(text));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.nat(80), (words, most) => {
        const text = words.join(" ");
        for (const kept of [keepStart(text, most), keepEnd(text, most)]) {
          const shown = kept.split(/\s+/).filter((each) => each !== "" && each !== "…");
          expect(shown.every((each) => words.includes(each))).toBe(true);
          expect(kept.length).toBeLessThanOrEqual(Math.max(most, 0) + 2);
        }
      }),
    );
  });
});
