import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { errorExitCodes } from "./codes.ts";

const root = join(import.meta.dirname, "../../../..");
const codes = Object.keys(errorExitCodes);

it("every code is in the documentation, with its exit code, and nothing else is", () => {
  const rows = readFileSync(join(root, "docs/errors.md"), "utf8").matchAll(/^\| `(\w+)` \| (\d+) \| .+ \| .+ \|$/gm);
  const documented = Array.from(rows, ([, code, exit]) => [code, Number(exit)]);
  expect(Object.fromEntries(documented)).toEqual(errorExitCodes);
  expect(documented).toHaveLength(codes.length);
});

it("every code is one that something ends with", () => {
  const files = globSync("{packages,apps}/*/src/**/*.ts", {
    cwd: root,
    exclude: ["**/*.test.ts", "**/errors/codes.ts"],
  });
  const text = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
  expect(codes.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
});
