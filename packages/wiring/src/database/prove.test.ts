import { expect, it } from "vitest";
import { postponedFinding } from "./prove.ts";

const removed = { id: "b1", remove: true, reason: "enough newer ones are there" };
const kept = { id: "b2", remove: false, reason: "release r1 needs it" };
const locked = { freed: null, postponed: "compacting restic /backups failed: already locked" };

it("room that has to wait is told where something was removed, and not where nobody knows of any", () => {
  const told = {
    severity: "info",
    code: "backups-not-pruned",
    message: expect.stringContaining("already locked"),
    hint: expect.stringContaining("sluice db prune"),
  };
  expect(postponedFinding({ decisions: [removed, kept], leftovers: [], compaction: locked })).toEqual(told);
  expect(postponedFinding({ decisions: [kept], leftovers: ["b0.dump"], compaction: locked })).toEqual(told);
  expect(postponedFinding({ decisions: [kept], leftovers: [], compaction: locked })).toBeNull();
  expect(postponedFinding({ decisions: [removed], leftovers: [], compaction: { freed: "19.075 MiB" } })).toBeNull();
  expect(postponedFinding({ decisions: [removed], leftovers: [] })).toBeNull();
});
