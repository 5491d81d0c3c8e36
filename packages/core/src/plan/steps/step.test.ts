import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stepKinds } from "./step.ts";

it("every kind of step is in the documentation, in order and once, with what it does, when, and how it is undone", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../../../docs/architecture.md"), "utf8");
  const rows = text.matchAll(/^\| `([\w-]+)` \| [^|]+ \| [^|]+ \| [^|]+ \|$/gm);
  expect(Array.from(rows, ([, kind]) => kind)).toEqual(stepKinds);
});
