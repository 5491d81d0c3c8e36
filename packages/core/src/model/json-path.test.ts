import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonPath, parseJsonPath, valueAt } from "./json-path.ts";

const quoted = (path: JsonPath) => `$${path.map((part) => `[${JSON.stringify(part)}]`).join("")}`;

/** Every value inside a value, with its path. */
function* inside(value: unknown, path: JsonPath = []): Generator<readonly [JsonPath, unknown]> {
  yield [path, value];
  if (typeof value !== "object" || value === null) return;
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [key, item] of entries as [string | number, unknown][]) yield* inside(item, [...path, key]);
}

describe("a JSON path", () => {
  it.each([
    ["$", []],
    ["$.items[0].id", ["items", 0, "id"]],
    ["$.a-b.größe", ["a-b", "größe"]],
    ["$['it''s'][-1]", undefined],
    ["$['it\\'s'][-1]", ["it's", -1]],
    ['$["a \\"b\\""]', ['a "b"']],
    ['$["\\x"]', undefined],
    ["items", undefined],
    ["$.", undefined],
    ["$..id", undefined],
    ["$.items[*]", undefined],
    ["$.items[0", undefined],
    ["$.a ", undefined],
    ["", undefined],
  ])("%s", (text, path) => {
    expect(parseJsonPath(text)).toEqual(path);
  });

  it("finds every value there is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const [path, found] of inside(value)) {
          expect(parseJsonPath(quoted(path))).toEqual(path);
          expect(valueAt(value, path)).toBe(found);
        }
      }),
    );
  });

  it("never throws, whatever is written and whatever it is looked for in", () => {
    fc.assert(
      fc.property(fc.string(), fc.anything(), (text, value) => {
        const path = parseJsonPath(`$${text}`);
        if (path) valueAt(value, path);
      }),
    );
  });

  it("finds nothing that was not said", () => {
    expect(valueAt({}, ["constructor"])).toBeUndefined();
    expect(valueAt([1], ["length"])).toBeUndefined();
    expect(valueAt({ 0: 1 }, [0])).toBeUndefined();
    expect(valueAt([1, 2], [-1])).toBe(2);
  });
});
