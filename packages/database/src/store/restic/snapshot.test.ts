import fc from "fast-check";
import { expect, it } from "vitest";
import { leftoverSnapshots, newestFirst, parseSnapshots, type Snapshot, tagsOf } from "./snapshot.ts";

const aSnapshot = (over: Partial<Snapshot> = {}): Snapshot => ({
  id: "1",
  at: new Date(0),
  backup: "20260501T100000Z-abcd",
  part: "dump",
  writer: "host-1-1",
  revision: 0,
  sha256: null,
  ...over,
});

it("what a snapshot is stands in its tags, and is read from what restic lists", () => {
  const manifest = aSnapshot({ part: "manifest", revision: 3, sha256: "ab" });
  const listing = [
    { id: "1", time: "1970-01-01T00:00:00Z", tags: tagsOf("shop", manifest), paths: ["/x"] },
    { id: "2", time: "2026-11-27T00:33:18.93553522Z", tags: tagsOf("shop", aSnapshot()) },
    { id: "3", time: "1970-01-01T00:00:00Z", tags: tagsOf("shop-staging", manifest) },
    { id: "4", time: "1970-01-01T00:00:00Z", tags: ["sluice", "set=shop"] },
    { id: "5", time: "1970-01-01T00:00:00Z", tags: null },
    { id: "6", time: "1970-01-01T00:00:00Z" },
  ];
  expect(parseSnapshots(JSON.stringify(listing), "shop")).toEqual([
    manifest,
    aSnapshot({ id: "2", at: new Date("2026-11-27T00:33:18.935Z") }),
  ]);
  expect(parseSnapshots("null", "shop")).toEqual([]);
});

it("of manifests the highest revision counts, whatever clocks say", () => {
  const of = (revision: number, ms: number) => aSnapshot({ part: "manifest", revision, at: new Date(ms) });
  expect(newestFirst([of(1, 9), of(2, 1), of(2, 5)])).toEqual([of(2, 5), of(2, 1), of(1, 9)]);
});

it("nothing of a listed backup, or of a writer that is alive, is ever a leftover, and all else is", () => {
  const snapshots = fc.uniqueArray(
    fc.record({
      id: fc.uuid(),
      at: fc.constant(new Date(0)),
      backup: fc.constantFrom("a", "b", "c"),
      part: fc.constantFrom("dump", "globals", "manifest"),
      writer: fc.constantFrom("dead", "alive"),
      revision: fc.nat(3),
      sha256: fc.constant(null),
    }),
    { selector: ({ id }) => id },
  );
  fc.assert(
    fc.property(snapshots, fc.infiniteStream(fc.boolean()), (all, coins) => {
      const chosen = new Map<string, string>();
      for (const { id, backup, part } of all) {
        if (part === "manifest" && !chosen.has(backup) && coins.next().value) chosen.set(backup, id);
      }
      const valid = new Set(chosen.values());
      const left = new Set(leftoverSnapshots(all, valid, new Set(["alive"])));
      for (const one of all) {
        const isOf = chosen.has(one.backup) && (one.part !== "manifest" || valid.has(one.id));
        expect(left.has(one)).toBe(!isOf && one.writer !== "alive");
      }
    }),
  );
});
