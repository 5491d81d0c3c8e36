import { expect, it } from "vitest";
import { allCases, nameOf, sampleOf } from "./cases.ts";

const extents = { deploy: { records: 20, ms: 9_000 }, rollback: { records: 12, ms: 3_000 } };

it("every boundary of every step is among them once, both ways", () => {
  const names = allCases(extents, 1).map((one) => nameOf(one).replace(/; then .*/, ""));
  for (const verb of ["deploy", "rollback"] as const) {
    for (let record = 1; record <= extents[verb].records; record++) {
      for (const moment of ["before", "after"]) {
        expect(names.filter((name) => name === `${verb} ${moment} record ${record}`)).toHaveLength(1);
      }
    }
  }
  expect(names).toHaveLength(2 * 32 + 30 + 12);
});

it("a sample is of all kinds, without one twice, and the same for the same seed", () => {
  const cases = allCases(extents, 1);
  const sample = sampleOf(cases, 15, 7);
  expect(sample).toEqual(sampleOf(cases, 15, 7));
  expect(new Set(sample).size).toBe(15);
  const verbs = new Set(sample.flatMap(({ killed }) => killed.map(({ verb }) => verb)));
  expect([...verbs].toSorted()).toEqual(["deploy", "resume", "rollback"]);
  expect(new Set(sample.map(({ next }) => next)).size).toBe(3);
});
