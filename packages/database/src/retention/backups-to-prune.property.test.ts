import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createBackupId } from "../model/backup-id.ts";
import type { Manifest } from "../model/manifest.ts";
import { isProven, type VerificationLevel, verificationLevels } from "../model/verification.ts";
import { verifiedAs } from "../testing/a-manifest.ts";
import { backupsToPrune, type RetainedBackup } from "./backups-to-prune.ts";

const releases = ["r1", "r2", "r3", null] as const;
const day = 86_400_000;

/** What may happen to a store. A clock may jump by years in either direction at any moment. */
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("backup" as const), release: fc.constantFrom(...releases) }) },
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
            { id, seq, release: step.release, verified: [verifiedAs("written")], failed: undefined },
          ];
        }
        if (step.do === "verify") backups = changed(backups, step.which, (one) => verified(one, step.level));
        if (step.do === "fail") backups = changed(backups, step.which, failed);
        if (step.do !== "prune") continue;
        const gone = new Set(backupsToPrune(backups, step));
        removals += gone.size;
        const left = backups.filter(({ id }) => !gone.has(id));
        assertPromises(backups, left, step);
        backups = left;
        // Pruning again finds nothing more.
        expect(backupsToPrune(backups, step)).toEqual([]);
      }
    }),
    { numRuns: 10_000 },
  );
  // Or the property would hold of a rule that keeps everything.
  expect(removals).toBeGreaterThan(10_000);
});

function assertPromises(
  before: readonly RetainedBackup[],
  left: readonly RetainedBackup[],
  { keep, neededBy }: { readonly keep: number; readonly neededBy: readonly string[] },
): void {
  const newest = (backups: readonly RetainedBackup[]) => backups.toSorted((a, b) => b.seq - a.seq)[0]?.id;
  const proven = before.filter(isProven);
  const leftProven = left.filter(isProven);
  expect(leftProven.length).toBeGreaterThanOrEqual(Math.min(keep, proven.length));
  expect(newest(leftProven)).toBe(newest(proven));
  for (const release of neededBy) {
    const own = before.filter((one) => one.release === release);
    const ownProven = own.filter(isProven);
    const wanted = ownProven.length > 0 ? newest(ownProven) : newest(own);
    if (wanted !== undefined) expect(left.map(({ id }) => id)).toContain(wanted);
  }
  if (proven.length === 0) expect(left).toEqual(before);
  // The newest of all may still be verified.
  if (before.length > 0) expect(newest(left)).toBe(newest(before));
  // And it does remove: what stays is bounded.
  if (proven.length > 0) expect(left.length).toBeLessThanOrEqual(2 * keep + neededBy.length);
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
