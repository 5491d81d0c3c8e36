import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../../../..");
const word = "[a-z][a-z0-9]*(?:-[a-z0-9]+)+";

/** Codes that a source names: as the value of `code`, also one of two, or as what `found` and `shut` are given first. */
function codesIn(text: string): readonly string[] {
  const values = [...text.matchAll(/\bcode: ([^,;}]*)/g)].map(([, value = ""]) => value);
  const named = values.flatMap((value) => [...value.matchAll(new RegExp(`"(${word})"`, "g"))]);
  const given = [...text.matchAll(new RegExp(`\\b(?:found|shut)\\(\\s*"(${word})"`, "g"))];
  return [...named, ...given].map(([, code = ""]) => code);
}

it("every code of a finding or a diagnosis is in the documentation once, and nothing else is", () => {
  const rows = readFileSync(join(root, "docs/findings.md"), "utf8").matchAll(/^\| `([a-z][a-z0-9-]*)` \|/gm);
  const documented = Array.from(rows, ([, code = ""]) => code);
  const files = globSync("{packages,apps}/*/src/**/*.ts", { cwd: root, exclude: ["**/*.test.ts", "**/testing/**"] });
  const sources = files.map((file) => readFileSync(join(root, file), "utf8"));
  const written = new Set(sources.flatMap(codesIn));
  // Of some only the end is written: `${kind}-not-there`.
  const ends = sources.flatMap((text) => Array.from(text.matchAll(/\$\{kind\}(-[a-z-]+)`/g), ([, end = ""]) => end));
  expect([...written].filter((code) => !documented.includes(code))).toEqual([]);
  expect(documented.filter((code) => !written.has(code) && !ends.some((end) => code.endsWith(end)))).toEqual([]);
  expect(documented).toHaveLength(new Set(documented).size);
});
