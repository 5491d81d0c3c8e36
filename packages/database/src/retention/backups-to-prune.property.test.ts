import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createBackupId } from "../model/backup-id.ts";
import { type DatabaseId, isOfDatabase } from "../model/database-id.ts";
import type { Manifest } from "../model/manifest.ts";
import { isProven, type VerificationLevel, verificationLevels } from "../model/verification.ts";
import { verifiedAs } from "../testing/a-manifest.ts";
import { decidePruning, type RetainedBackup, type Retention } from "./backups-to-prune.ts";

const releases = ["r1", "r2", "r3", null] as const;
const day = 86_400_000;
/** Two of them in one server. */
const databases: readonly DatabaseId[] = [
  { service: "db", kind: "postgres", name: "app" },
  { service: "db", kind: "postgres", name: "crm" },
  { service: "ledger", kind: "postgres", name: "app" },
];

/** What may happen to a store. A clock may jump by years in either direction at any moment. */
const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("backup" as const),
      of: fc.constantFrom(...databases),
      release: fc.constantFrom(...releases),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("verify" as const),
      which: fc.nat(),
      level: fc.constantFrom(...verificationLevels),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fail" as const), which: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("prune" as const),
      keep: fc.integer({ min: 1, max: 4 }),
      neededBy: fc.subarray(["r1", "r2", "r3"]),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("jump" as const), days: fc.integer({ min: -4_000, max: 4_000 }) }),
  },
);

it("in 10,000 random histories with jumping clocks, nothing that is promised is removed", () => {
  let removals = 0;
  fc.assert(
    fc.property(fc.array(action, { minLength: 20, maxLength: 60 }), (actions) => {
      let backups: readonly RetainedBackup[] = [];
      let seq = 0;
      let now = Date.parse("2026-05-01T10:00:00Z");
      for (const step of actions) {
        now += 3_600_000;
        if (step.do === "jump") now += step.days * day;
        if (step.do === "backup") {
          seq += 1;
          const id = createBackupId(new Date(now), `rand${seq}`);
          backups = [
            ...backups,
            {
              id,
              seq,
              at: new Date(now).toISOString(),
              service: step.of.service,
              kind: step.of.kind,
              database: { name: step.of.name },
              release: step.release,
              verified: [verifiedAs("written")],
              failed: undefined,
            },
          ];
        }
        if (step.do === "verify") backups = changed(backups, step.which, (one) => verified(one, step.level));
        if (step.do === "fail") backups = changed(backups, step.which, failed);
        if (step.do !== "prune") continue;
        const gone = new Set(removed(backups, step));
        removals += gone.size;
        const left = backups.filter(({ id }) => !gone.has(id));
        for (const database of databases) {
          const of = (all: readonly RetainedBackup[]) => all.filter((one) => isOfDatabase(one, database));
          expect(brokenPromises(of(backups), of(left), step)).toEqual([]);
        }
        backups = left;
        // Pruning again finds nothing more.
        expect(removed(backups, step)).toEqual([]);
      }
    }),
    { numRuns: 10_000 },
  );
  // Or the property would hold of a rule that keeps everything.
  expect(removals).toBeGreaterThan(10_000);
});

/** Ids to remove, oldest first. */
function removed(backups: readonly RetainedBackup[], retention: Retention): readonly string[] {
  return decidePruning(backups, retention).flatMap(({ id, remove }) => (remove ? [id] : []));
}

/** Promises that pruning has broken, in words. */
function brokenPromises(
  before: readonly RetainedBackup[],
  left: readonly RetainedBackup[],
  { keep, neededBy }: { readonly keep: number; readonly neededBy: readonly string[] },
): readonly string[] {
  const newest = (backups: readonly RetainedBackup[]) => backups.toSorted((a, b) => b.seq - a.seq)[0]?.id;
  const proven = before.filter(isProven);
  const leftProven = left.filter(isProven);
  const needed = neededBy.flatMap((release) => {
    const own = before.filter((one) => one.release === release);
    return newest(own.filter(isProven)) ?? newest(own.filter(isSound)) ?? newest(own) ?? [];
  });
  const checks: readonly (readonly [string, boolean])[] = [
    ["fewer than keep proven ones are left", leftProven.length >= Math.min(keep, proven.length)],
    ["the newest proven one is gone", newest(leftProven) === newest(proven)],
    ["the newest proven one of one of the last days is gone", lastOfDays(proven, keep).every(isIn(leftProven))],
    ["one that a release needs is gone", needed.every((id) => left.some((one) => one.id === id))],
    ["something went before one was proven", proven.length > 0 || left.length === before.length],
    ["the newest, which may still be proven, is gone", newest(left.filter(isSound)) === newest(before.filter(isSound))],
    // And it does remove.
    ["what stays has no bound", proven.length === 0 || left.length <= 3 * keep + neededBy.length],
  ];
  return checks.filter(([, holds]) => !holds).map(([promise]) => promise);
}

/** Ids of the newest of each of the last `keep` days in which one was taken; by `seq`, whatever clocks said. */
function lastOfDays(proven: readonly RetainedBackup[], keep: number): readonly string[] {
  const oldestFirst = proven.toSorted((a, b) => a.seq - b.seq);
  const last = oldestFirst.filter(({ at }, index) => !oldestFirst.slice(index + 1).some((one) => isOfDay(one, at)));
  return last.slice(-keep).map(({ id }) => id);
}

function isOfDay(backup: RetainedBackup, at: string): boolean {
  return backup.at.slice(0, 10) === at.slice(0, 10);
}

function isIn(backups: readonly RetainedBackup[]): (id: string) => boolean {
  return (id) => backups.some((one) => one.id === id);
}

/** Nothing is known against it. */
function isSound({ failed }: RetainedBackup): boolean {
  return failed === undefined;
}

function changed(
  backups: readonly RetainedBackup[],
  which: number,
  change: (backup: RetainedBackup) => RetainedBackup,
): readonly RetainedBackup[] {
  const index = which % Math.max(1, backups.length);
  return backups.map((one, at) => (at === index ? change(one) : one));
}

function verified(backup: RetainedBackup, level: VerificationLevel): RetainedBackup {
  return { ...backup, failed: undefined, verified: [...backup.verified, verifiedAs(level)] };
}

function failed(backup: RetainedBackup): RetainedBackup {
  const failure: Manifest["failed"] = { at: "2026-05-01T10:00:00.000Z", code: "BACKUP_CORRUPT", message: "a byte" };
  return { ...backup, failed: failure };
}
