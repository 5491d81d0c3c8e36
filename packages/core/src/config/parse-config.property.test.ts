import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { isSluiceError } from "../errors/sluice-error.ts";
import { parseConfig } from "./parse-config.ts";

const example = readFileSync(new URL("../../../../docs/sluice.example.yaml", import.meta.url), "utf8");
const lines = example.split("\n");

/** What a person's slip leaves: a value of another type, a key nobody knows, an indent that moved, a line that is gone. */
const slip = fc.oneof(
  fc.constant((line: string) => line.replace(/:.*$/, ": [1, { a: b }]")),
  fc.constant((line: string) => line.replace(/:.*$/, ":")),
  fc.constant((line: string) => line.replace(/:.*$/, ": -1")),
  fc.constant((line: string) => line.replace(/([a-zA-Z]+):/, "$1x:")),
  fc.constant((line: string) => ` ${line}`),
  fc.constant((line: string) => line.replace(/^ {2}/, "")),
  fc.constant((line: string) => line.replace(/^(\s*)#\s?/, "$1")),
  fc.constant((line: string) => `${line}\n${line}`),
  fc.constant(() => ""),
  fc.string().map((text) => (line: string) => `${line}${text}`),
  fc.jsonValue().map((value) => (line: string) => line.replace(/:.*$/, () => `: ${JSON.stringify(value)}`)),
);
const slips = fc.array(fc.tuple(fc.nat(lines.length - 1), slip), { minLength: 1, maxLength: 4 });
const environments = fc.constantFrom(undefined, "production", "staging", "__proto__");

it("whatever slips into the example, it is a configuration or an error with its place in the file", () => {
  fc.assert(
    fc.property(slips, environments, (changes, environment) => {
      const changed = [...lines];
      for (const [index, change] of changes) changed[index] = change(changed[index] ?? "");
      expect(problemOf(changed.join("\n"), environment)).toBe(null);
    }),
    { numRuns: 200 },
  );
});

/** What is wrong with how a text is refused; `null` where it is accepted, or refused as it should be. */
function problemOf(text: string, environment: string | undefined): unknown {
  try {
    parseConfig(text, "sluice.yaml", environment);
    return null;
  } catch (error) {
    if (!isSluiceError(error)) return error;
    const { code, message, hint, position } = error;
    const isPlaced = position?.file === "sluice.yaml" && (position.line ?? 0) > 0 && (position.column ?? 0) > 0;
    return code === "CONFIG_INVALID" && message !== "" && hint && isPlaced ? null : error.toJSON();
  }
}
