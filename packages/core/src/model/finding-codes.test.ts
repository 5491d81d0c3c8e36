import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../../../..");
const files = globSync("{packages,apps}/*/src/**/*.ts", {
  cwd: root,
  exclude: ["**/*.test.ts", "packages/testing/**"],
});
const text = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
const page = readFileSync(join(root, "docs/findings.md"), "utf8");
const rows = Array.from(
  page.matchAll(/^\| `([a-z-]+)` \| ([a-z, ]+) \| .+ \|$/gm),
  ([, code = "", severities = ""]) => ({
    code,
    severities: severities.split(", "),
  }),
);
const documented = new Map(rows.map(({ code, severities }) => [code, severities]));

/** An issue of a schema, and what recovery says where there is nothing to do. */
const others = ["custom", "no-unfinished-deployment"];

it("every code of a finding is in the documentation, once", () => {
  const codes = Array.from(text.matchAll(/\bcode: "([a-z]+(?:-[a-z]+)*)"/g), ([, code = ""]) => code);
  expect(codes.filter((code) => !documented.has(code) && !others.includes(code))).toEqual([]);
  expect(rows).toHaveLength(documented.size);
});

it("every code that is documented is one that something is found with", () => {
  // Some are made of what they are about: `network-not-there`.
  const isMade = (code: string) =>
    Array.from(code.matchAll(/-/g)).some(({ index }) => text.includes(`}${code.slice(index)}\``));
  expect([...documented.keys()].filter((code) => !text.includes(`"${code}"`) && !isMade(code))).toEqual([]);
});

it("a code has each severity that is written beside it", () => {
  const beside = text.matchAll(/severity: "(\w+)"(?: as const)?,\s*code: "([a-z-]+)"/g);
  const wrong = Array.from(beside, ([, severity = "", code = ""]) => `${code} ${severity}`).filter((found) => {
    const [code = "", severity = ""] = found.split(" ");
    return !others.includes(code) && !documented.get(code)?.includes(severity);
  });
  expect([...new Set(wrong)]).toEqual([]);
});
