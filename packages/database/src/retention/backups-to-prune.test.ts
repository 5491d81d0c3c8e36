import { describe, expect, it } from "vitest";
import { aManifest, verifiedAs } from "../testing/a-manifest.ts";
import { decidePruning, type RetainedBackup, type Retention } from "./backups-to-prune.ts";

const backup = (seq: number, proven = true, over: Partial<RetainedBackup> = {}): RetainedBackup => ({
  ...aManifest({ id: `b${seq}`, seq, release: null, verified: [verifiedAs(proven ? "restored" : "written")] }),
  ...over,
});

describe("pruning", () => {
  it("keeps the newest proven ones", () => {
    const backups = [4, 1, 3, 2].map((seq) => backup(seq));
    expect(removed(backups, { keep: 2, neededBy: [] })).toEqual(["b1", "b2"]);
  });

  it("keeps the newest proven one of each of the last days, however many a day has", () => {
    // Ten days, of each a backup in the night and three before deployments.
    const at = (seq: number) => new Date(Date.parse("2026-05-01T02:00:00Z") + (seq - 1) * 6 * 3_600_000).toISOString();
    const backups = Array.from({ length: 40 }, (_, index) => backup(index + 1, true, { at: at(index + 1) }));
    const newest = [16, 20, 24, 28, 32, 34, 35, 36, 37, 38, 39, 40].map((seq) => `b${seq}`);
    const decided = decidePruning(backups, { keep: 7, neededBy: [] });
    expect(decided.filter(({ remove }) => !remove).map(({ id }) => id)).toEqual(newest);
    expect(decided[15]).toEqual({ id: "b16", remove: false, reason: "the newest of 2026-05-04 that was proven" });
  });

  it("goes by the order of backups where the clock jumped, and keeps no fewer than without days", () => {
    const years = ["2026", "2026", "2031", "2031", "2026", "2019"];
    const backups = years.map((year, index) => backup(index + 1, true, { at: `${year}-05-01T10:00:00.000Z` }));
    expect(removed(backups, { keep: 2, neededBy: [] })).toEqual(["b1", "b2", "b3", "b4"]);
    expect(removed(backups, { keep: 3, neededBy: [] })).toEqual(["b1", "b2", "b3"]);
  });

  it("does not count what was never restored", () => {
    const backups = [backup(1), backup(2), backup(3, false), backup(4, false), backup(5, false)];
    expect(removed(backups, { keep: 2, neededBy: [] })).toEqual(["b3"]);
  });

  it("removes nothing while nothing is proven", () => {
    const backups = Array.from({ length: 20 }, (_, index) => backup(index + 1, false));
    expect(removed(backups, { keep: 1, neededBy: [] })).toEqual([]);
  });

  it("keeps the newest one of a release that may come back", () => {
    const old = [backup(1, true, { release: "r1" }), backup(2, true, { release: "r1" })];
    const decided = decidePruning([...old, backup(3), backup(4)], { keep: 1, neededBy: ["r1"] });
    expect(decided).toEqual([
      { id: "b1", remove: true, reason: "enough newer ones are there" },
      { id: "b2", remove: false, reason: "release r1 needs it" },
      { id: "b3", remove: true, reason: "enough newer ones are there" },
      { id: "b4", remove: false, reason: "the newest that was proven by a restore" },
    ]);
  });

  it("counts those of each database by themselves, also of two in one server", () => {
    const crm = { database: { name: "crm" } };
    const backups = [backup(1), backup(2, true, crm), backup(3, true, crm)];
    expect(removed(backups, { keep: 1, neededBy: [] })).toEqual(["b2"]);
  });

  it("does not count one whose last verification failed", () => {
    const failed = { at: "2026-05-02T10:00:00.000Z", code: "BACKUP_CORRUPT", message: "a byte" };
    expect(removed([backup(1), backup(2, true, { failed })], { keep: 1, neededBy: [] })).toEqual([]);
  });

  it("keeps what was never tried before what is known to be broken", () => {
    const failed = { at: "2026-05-02T10:00:00.000Z", code: "BACKUP_CORRUPT", message: "a byte" };
    const ofRelease = [backup(1, false, { release: "r1" }), backup(2, false, { release: "r1", failed })];
    const proven = backup(3, true, { release: "r2" });
    expect(removed([...ofRelease, proven], { keep: 1, neededBy: ["r1"] })).toEqual(["b2"]);
    expect(removed([...ofRelease, proven], { keep: 1, neededBy: [] })).toEqual(["b2"]);
    expect(removed(ofRelease, { keep: 1, neededBy: ["r1"] })).toEqual([]);
  });
});

/** Ids to remove, oldest first. */
function removed(backups: readonly RetainedBackup[], retention: Retention): readonly string[] {
  return decidePruning(backups, retention).flatMap(({ id, remove }) => (remove ? [id] : []));
}
