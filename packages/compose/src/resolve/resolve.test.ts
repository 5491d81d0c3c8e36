import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeDollars, unescapeDollars } from "../model/dollars.ts";
import { canonicalJson, hashOf } from "./canonical-json.ts";
import { positionOf } from "./positions.ts";
import { nearestKey } from "./schema-keys.ts";
import { parseSource } from "./source-files.ts";
import { composeWarnings, variablePositions } from "./variables.ts";

describe("canonicalJson", () => {
  test("is the same for the same data, whatever the order of its keys, and can be read back", () => {
    const reversed = (value: unknown): unknown =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([key, item]) => [key, reversed(item)]),
          )
        : value;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(hashOf({ a: 1, b: [1, 2] })).not.toBe(hashOf({ a: 1, b: [2, 1] }));
  });
});

test("dollars come back as they were", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("$", "a", "{", "}") }), (text) => {
      expect(unescapeDollars(escapeDollars(text))).toBe(text);
    }),
  );
});

describe("positionOf", () => {
  const base = parseSource(
    "a.yaml",
    "services:\n  web:\n    image: a\n    environment:\n      - TOKEN=x\n      - OTHER\n    ports:\n      - 80:80\n",
  );
  const over = parseSource("b.yaml", "services:\n  web:\n    image: b\n");

  test.each([
    [["services", "web", "image"], "b.yaml", 3],
    [["services", "web", "environment", "TOKEN"], "a.yaml", 5],
    [["services", "web", "environment", "OTHER"], "a.yaml", 6],
    [["services", "web", "ports", 0, "published"], "a.yaml", 8],
    [["services", "web", "restart"], "b.yaml", 2],
  ])("%j is in %s, line %i", (path, file, line) => {
    expect(positionOf([base, over], path)).toMatchObject({ file, line });
  });

  test("is unknown for what is nowhere, and for a file that is no YAML", () => {
    expect(positionOf([base], ["volumes", "data"])).toBeUndefined();
    expect(positionOf([parseSource("c.yaml", "\t}{")], ["services"])).toBeUndefined();
  });
});

describe("variables", () => {
  test("are found where they are used, not where they are escaped, commented or only begin alike", () => {
    const text = "a: $TOKEN\n# $TOKEN\nb: $$TOKEN\nc: $TOKENS\nd: ${TOKEN:-x}\ne: $$$TOKEN\nf: ${TOKEN_FILE}\n";
    expect(
      variablePositions("TOKEN", [parseSource("a.yaml", text)]).map(({ line, column }) => `${line}:${column}`),
    ).toEqual(["1:4", "5:4", "6:6"]);
  });

  test("warnings are told once, by what they are about", () => {
    const line = (message: string) => `time="2026-01-01T00:00:00Z" level=warning msg="${message}"\n`;
    const unset = line('The \\"TOKEN\\" variable is not set. Defaulting to a blank string.');
    const obsolete = line("/srv/compose.yaml: the attribute `version` is obsolete, it will be ignored");
    const findings = composeWarnings(unset + unset + obsolete + line("something new"), [
      parseSource("a.yaml", "x: $TOKEN\ny: $TOKEN\n"),
    ]);
    expect(findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`)).toEqual([
      "warn variable-not-set: variable TOKEN is not set: Compose puts nothing in its place (and 1 more place)",
      "info version-obsolete: /srv/compose.yaml: the attribute `version` is obsolete, it will be ignored",
      "warn compose-warning: something new",
    ]);
  });
});

test("a mistyped key is compared with the keys that Compose knows at that place", () => {
  expect(nearestKey(["services", "web"], "prots")).toBe("ports");
  expect(nearestKey(["services", "web", "deploy", "resources"], "limit")).toBe("limits");
  expect(nearestKey([], "volume")).toBe("volumes");
  expect(nearestKey(["services", "web"], "something_else")).toBeUndefined();
});
