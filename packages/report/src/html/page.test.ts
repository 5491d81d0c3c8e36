import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aBundle, anAttempt } from "../../test/an-attempt.ts";
import { attribute, type Element, elementsOf, skeletonOf, textOf } from "../../test/parsed.ts";
import { reportData } from "../report-data.ts";
import { renderHtml } from "./page.ts";

const pageOf = (text: string, steps?: number) =>
  renderHtml(
    reportData(anAttempt({ text, ...(steps ? { steps } : {}) }), {
      stack: `shop ${text}`,
      bundle: aBundle(text),
      redact: (value) => value,
    }),
  );
const named = (elements: readonly Element[], name: string) => elements.filter(({ tagName }) => tagName === name);

describe("the page", () => {
  const page = pageOf("plain");
  const { all, errors } = elementsOf(page);

  it("is valid markup with one heading of the first order and a title", () => {
    expect(errors).toEqual([]);
    expect(named(all, "h1").map(textOf)).toEqual(["shop plain: deploy v2 plain"]);
    expect(named(all, "title").map(textOf)[0]).toBe("shop plain: deploy v2 plain");
    expect(named(all, "h2").map(textOf)).toEqual([
      "Timeline",
      "Share of the new version",
      "Errors and latency by slot",
      "Verdicts",
      "Rehearsal of the migration",
      "Findings and errors",
      "Images",
    ]);
  });

  it("says how it ended, what serves, and in which time it counts", () => {
    const text = textOf(all[0] as Element);
    expect(text).toContain("rolled-back");
    expect(text).toContain("plain (slot blue, 100 %)");
    expect(text).toContain("2026-05-01 10:00:00 UTC");
    expect(text).toContain("UTC (+00:00)");
    expect(named(all, "dt").map(textOf)).toContain("Exit code");
    expect(named(all, "dd").map(textOf)).toContain("21");
  });

  it("fetches nothing and allows nothing but its own style sheet", () => {
    expect(all.filter(({ tagName }) => ["script", "link", "img", "iframe", "object", "a"].includes(tagName))).toEqual(
      [],
    );
    expect(
      all.flatMap(({ attrs }) => attrs.map(({ name }) => name)).filter((name) => /^on|style|src|href/.test(name)),
    ).toEqual([]);
    const [style] = named(all, "style");
    if (!style) throw new Error("there is no style sheet");
    expect(textOf(style)).not.toMatch(/url\(|@import/);
    const hash = createHash("sha256").update(textOf(style)).digest("base64");
    const policy = all.find((element) => attribute(element, "http-equiv") === "Content-Security-Policy");
    expect(policy && attribute(policy, "content")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
  });

  it("can be read without its charts: headers of all columns, and texts beside every drawing", () => {
    for (const table of named(all, "table")) {
      const inside = elementsWithin(table);
      expect(named(inside, "caption").map(textOf)).not.toEqual([""]);
      const [head, ...rows] = named(inside, "tr");
      const columns = named(elementsWithin(head as Element), "th");
      expect(columns.every((cell) => attribute(cell, "scope") === "col")).toBe(true);
      for (const row of rows) {
        expect(named(elementsWithin(row), "th")).toHaveLength(1);
        expect(row.childNodes.filter(({ nodeName }) => nodeName !== "#text")).toHaveLength(columns.length);
      }
    }
    for (const svg of named(all, "svg")) {
      const described = attribute(svg, "role") === "img" && attribute(svg, "aria-labelledby") !== undefined;
      expect(described || attribute(svg, "aria-hidden") === "true").toBe(true);
    }
    expect(named(all, "desc").map(textOf)).toEqual(["plain: 5 % to green at +1s; plain: 0 % to green at +9s"]);
    const ids = all.flatMap((element) => attribute(element, "id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const labels = all.flatMap((element) => attribute(element, "aria-labelledby")?.split(" ") ?? []);
    expect(labels.filter((label) => !ids.includes(label))).toEqual([]);
  });

  it("draws steps and shares to scale", () => {
    const bars = named(all, "rect").filter((rect) => attribute(rect, "height") === "10");
    expect(bars.map((bar) => [attribute(bar, "x"), attribute(bar, "width")])).toEqual([
      ["10", "10"],
      ["20", "10"],
      ["30", "10"],
    ]);
    const line = all.find((element) => attribute(element, "class") === "line first");
    expect(line && attribute(line, "d")).toBe("M48 172H54.6V164H107V172H704");
  });

  it("aligns numbers to the right, with their units", () => {
    const numbers = all.filter((element) => attribute(element, "class") === "number" && element.tagName === "td");
    expect(numbers.map(textOf)).toEqual(expect.arrayContaining(["5 %", "1234", "< 0.001", "+9s", "1s", "20 %green"]));
  });

  it("stays below 200 KB for 60 steps", () => {
    expect(Buffer.byteLength(pageOf("a line of evidence of ordinary length, ".repeat(4), 60))).toBeLessThan(200_000);
  });
});

function elementsWithin(element: Element): readonly Element[] {
  return element.childNodes.flatMap((child) => ("tagName" in child ? [child, ...elementsWithin(child)] : []));
}

describe("text of others", () => {
  const plain = skeletonOf(pageOf("plain"));
  const hostile = fc
    .array(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.constantFrom(
          "</style>",
          "<style></style>",
          "</title>",
          "<!--",
          "-->",
          "]]>",
          "</svg>",
          "</pre>",
          "<script>",
        ),
        fc.constantFrom(
          '"',
          "'",
          ">",
          "<",
          "&",
          "&lt;",
          "&#60;",
          "`",
          "\0",
          "\r\n",
          "\u202e",
          "\ud800",
          "\uffff",
          "\u{1fffe}",
          "=",
          "/",
        ),
        fc.constantFrom('" onload="alert(1)', "' autofocus onfocus='alert(1)", "<img src=x onerror=alert(1)>"),
      ),
    )
    .map((parts) => `x${parts.join("")}`);

  it("cannot change what the page is made of, whatever it is", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const page = pageOf(text);
        expect(skeletonOf(page)).toEqual(plain);
        expect(elementsOf(page).errors).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("is shown as it was written", () => {
    const text = `<b title="x">a & b</b> 'q'`;
    expect(
      elementsOf(pageOf(text))
        .all.filter(({ tagName }) => tagName === "pre")
        .map(textOf),
    ).toEqual([text, text]);
  });

  it("cannot turn the direction of what follows", () => {
    expect(pageOf("safe\u202egnp.exe")).toContain("safe[U+202E]gnp.exe");
  });
});
