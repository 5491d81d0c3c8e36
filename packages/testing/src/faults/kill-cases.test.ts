import { expect, it } from "vitest";
import { allCases, nameOf, sampleOf } from "./kill-cases.ts";

const extents = { deploy: { records: 20, ms: 9_000 }, rollback: { records: 12, ms: 3_000 } };

it("every boundary of every step is among them once, both ways, and an orderly stop at every record", () => {
  const names = allCases(extents, 1).map((one) => nameOf(one).replace(/; then .*/, ""));
  const times = (wanted: string) => names.filter((name) => name === wanted).length;
  for (const verb of ["deploy", "rollback"] as const) {
    for (let record = 1; record <= extents[verb].records; record++) {
      for (const moment of ["before", "after"]) expect(times(`${verb} ${moment} record ${record}`)).toBe(1);
      const stops = ["SIGTERM", "SIGINT"].map((signal) => times(`${verb} after record ${record} (${signal})`));
      expect(stops).toEqual(expect.arrayContaining([0, 1]));
    }
  }
  expect(names).toHaveLength(3 * 32 + 30 + 15 + 13);
});

it("a sample is of all kinds, without one twice, and the same for the same seed", () => {
  const cases = allCases(extents, 1);
  const sample = sampleOf(cases, 15, 7);
  expect(sample).toEqual(sampleOf(cases, 15, 7));
  expect(new Set(sample).size).toBe(15);
  const verbs = new Set(sample.flatMap(({ killed }) => killed.map(({ verb }) => verb)));
  expect([...verbs].toSorted()).toEqual(["abort", "deploy", "resume", "rollback"]);
  expect(new Set(sample.map(({ next }) => next)).size).toBe(3);
});
