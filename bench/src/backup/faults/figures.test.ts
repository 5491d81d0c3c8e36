import { expect, it } from "vitest";
import { conclude } from "../../result.ts";
import type { FaultResult } from "./aftermath.ts";
import { backupFaultFigures, type Found } from "./figures.ts";

const hit: FaultResult = { kind: "dump", name: "x", word: "BACKUP_FAILED", hit: true, listed: false, problems: [] };
const seen: Found = { name: "empty", code: "BACKUP_EMPTY", found: "BACKUP_EMPTY" };
const failed = (kinds: readonly string[], results: readonly FaultResult[], found: readonly Found[]) =>
  Object.entries(backupFaultFigures(kinds, results, found))
    .filter(([, { pass }]) => pass === false)
    .map(([name]) => name);

it("passes where each was hit and came out well, and what is bad is found", () => {
  const figures = backupFaultFigures(["dump", "detections"], [hit, hit], [seen]);
  expect(conclude({ bench: "backup-faults", figures, peers: {}, floor: {} }).pass).toBe(true);
  expect(figures).toMatchObject({ dump_hit: { value: 2 } });
  expect(failed(["dump"], [hit], [])).toEqual([]);
  expect(failed(["detections"], [], [seen])).toEqual([]);
});

it.each<[string, readonly string[], readonly string[], readonly FaultResult[], readonly Found[]]>([
  ["nothing at all", ["faults", "dump_hit"], ["dump"], [], []],
  ["no detection", ["detections"], ["detections"], [], []],
  ["nothing of one kind", ["faults", "us_hit"], ["us", "dump"], [hit], []],
  ["one that hit nothing", ["dump_hit", "faults_that_hit_nothing"], ["dump"], [hit, { ...hit, hit: false }], []],
  ["a problem", ["faults_with_problems"], ["dump"], [{ ...hit, problems: ["left over"] }], []],
  ["something missed", ["detections_missed"], ["detections"], [], [{ ...seen, found: "nothing" }]],
])("%s is no pass", (_, names, kinds, results, found) => {
  expect(failed(kinds, results, found)).toEqual(names);
});
