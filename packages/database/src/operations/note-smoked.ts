import { messageOf, type Verdict } from "@sluice/core";
import type { Manifest, Verification } from "../model/manifest.ts";
import { highestLevel } from "../model/verification.ts";
import type { BackupPorts } from "./ports.ts";

/** How a release did on a copy of the database. */
export interface ReleaseRun {
  /** Its tag. */
  readonly release: string;
  /** Why it does not even run; `null` when it does. */
  readonly failure: string | null;
  readonly verdicts: readonly Verdict[];
  /** For people: what was not asked of it. */
  readonly notTested: readonly string[];
}

export interface Noted {
  readonly manifest: Manifest;
  /** For people: that it could not be written down. */
  readonly notNoted: readonly string[];
}

/**
 * Writes down that a release was content with what a backup was restored to. A store that does not take that is no reason
 * to know less of a migration: it is told.
 */
export async function noteSmoked(
  { store, clock }: BackupPorts,
  tried: Manifest,
  run: ReleaseRun | null,
  restoreMs: number,
): Promise<Noted> {
  if (!run || !isSmoked(tried, run)) return { manifest: tried, notNoted: [] };
  try {
    // Somebody may have verified it meanwhile.
    const now = await store.load(tried.id);
    if (!isSmoked(now, run)) return { manifest: now, notNoted: [] };
    const level = smokedBy(run, clock.now(), restoreMs);
    const manifest: Manifest = { ...now, verified: [...now.verified, level] };
    await store.update(manifest);
    return { manifest, notNoted: [] };
  } catch (error) {
    const why = messageOf(error);
    return { manifest: tried, notNoted: [`that ${run.release} runs on backup ${tried.id} is not on record: ${why}`] };
  }
}

/**
 * Whether a run earns a backup the level that it does not have yet. All that was asked must be well: what a release does
 * not find may be what the backup lacks. The level includes those before it, so that a backup nobody could compare has none.
 */
export function isSmoked(backup: Pick<Manifest, "verified" | "failed">, { failure, verdicts }: ReleaseRun): boolean {
  if (backup.failed !== undefined || highestLevel(backup) !== "compared") return false;
  return failure === null && verdicts.length > 0 && verdicts.every(({ result }) => result === "pass");
}

function smokedBy({ release, verdicts, notTested }: ReleaseRun, at: Date, restoreMs: number): Verification {
  const checks = verdicts.map(({ check }) => `"${check}"`).join(", ");
  return {
    level: "smoked",
    at: at.toISOString(),
    restoreMs,
    notTested: [`more than the checks ${checks} of ${release}`, ...notTested],
  };
}
