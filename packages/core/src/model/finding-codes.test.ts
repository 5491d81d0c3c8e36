import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { diagnosisCodes, otherFindingCodes, rehearsalCodes, stateFindingCodes } from "./finding-codes.ts";

const root = join(import.meta.dirname, "../../../..");
const codes: readonly string[] = [...stateFindingCodes, ...otherFindingCodes, ...diagnosisCodes, ...rehearsalCodes];

it("every code has a row in the documentation, and nothing else has one", () => {
  const rows = readFileSync(join(root, "docs/findings.md"), "utf8").matchAll(
    /^\| `([a-z][a-z0-9-]*)` \| .+ \| .+ \|$/gm,
  );
  const documented = Array.from(rows, ([, code = ""]) => code);
  expect(documented.toSorted()).toEqual(codes.toSorted());
});

it("every code is one that something is found by", () => {
  const files = globSync("{packages,apps}/*/src/**/*.ts", {
    cwd: root,
    exclude: ["**/*.test.ts", "**/testing/**", "**/model/finding-codes.ts", "**/doctor/finding-diagnoses.ts"],
  });
  const text = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
  // Of some only the end is written: `${kind}-not-there`.
  const ends = Array.from(text.matchAll(/\$\{kind\}(-[a-z-]+)`/g), ([, end = ""]) => end);
  const isWritten = (code: string) => text.includes(`"${code}"`) || ends.some((end) => code.endsWith(end));
  expect(codes.filter((code) => !isWritten(code))).toEqual([]);
});
