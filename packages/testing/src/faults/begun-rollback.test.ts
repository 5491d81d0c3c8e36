import { expect, it } from "vitest";
import { begunRollback } from "./begun-rollback.ts";

const line = (record: object) => `${JSON.stringify(record)}\n`;
const start = (kind: string, tag: string) => line({ type: "deployment-start", kind, tag });
const before = start("deploy", "v5") + start("rollback", "v4");

it.each([
  ["one that was begun since", start("rollback", "v1") + line({ type: "step-intent", step: "shift-1" }), "v1"],
  ["none", "", undefined],
  ["another deployment only", start("deploy", "v6"), undefined],
  ["half of its record only", start("rollback", "v1").slice(0, 20), undefined],
])("the goal of the way back: %s", (_, since, expected) => {
  expect(begunRollback(before + since, before.length)).toBe(expected);
});
