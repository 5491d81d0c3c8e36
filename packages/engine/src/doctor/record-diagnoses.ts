import { type Diagnosis, type ObservedStack, type ReleaseBundle, recoveryWays, supersededBy } from "@sluice/core";
import { type AttemptRecord, type UnfinishedAttempt, unfinishedOf, withBefore } from "../record/journal-entries.ts";

/** Records that are this far ahead were not written by a clock that is right now. */
const clockToleranceMs = 60_000;

export interface RecordFacts {
  /** The newest attempt. */
  readonly last: AttemptRecord | null;
  readonly now: Date;
  /** A deployment is under way: it has no end yet, and that is right. */
  readonly isDeploying: boolean;
  /** Problems of the audit chain, in words. */
  readonly chainProblems: readonly string[];
  /** `null` where the engine cannot be asked. */
  readonly observed: ObservedStack | null;
  /** Releases that are stored. Default: none is known */
  readonly bundles?: readonly ReleaseBundle[];
}

/** What is wrong with the record of a stack. */
export function recordDiagnoses(facts: RecordFacts): readonly Diagnosis[] {
  const { last, now, chainProblems } = facts;
  return [...chainDiagnoses(chainProblems), ...clockDiagnoses(last, now), ...openDiagnoses(facts)];
}

function chainDiagnoses([first, ...more]: readonly string[]): readonly Diagnosis[] {
  if (first === undefined) return [];
  return [
    {
      severity: "error",
      code: "chain-broken",
      what: `the journal is not as it was written: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ""}`,
      why: "the record does not prove any more who did what; somebody or a disk changed it",
      mend: "sluice audit verify, and compare with an export of the state; where a line cannot be read: sluice state import ARCHIVE --replace, or without an export sluice state rebuild --replace",
    },
  ];
}

function clockDiagnoses(last: AttemptRecord | null, now: Date): readonly Diagnosis[] {
  const at = last?.end?.at ?? last?.start.at;
  if (at === undefined || Date.parse(at) - now.getTime() <= clockToleranceMs) return [];
  return [
    {
      severity: "error",
      code: "clock-behind",
      what: `the last record is of ${at}, and this machine's clock says ${now.toISOString()}`,
      why: "windows are judged by it, signatures hold it, and the record is in its order",
      mend: "timedatectl set-ntp true",
    },
  ];
}

function openDiagnoses({ last, isDeploying, observed, bundles = [] }: RecordFacts): readonly Diagnosis[] {
  const open = isDeploying ? null : unfinishedOf(last);
  if (!open) return [];
  const unfinished = withBefore(open, bundles);
  const { start, end } = unfinished.attempt;
  const about = `deployment ${start.deployment} (${start.tag})`;
  if (end?.isUndone) {
    return [
      {
        severity: "error",
        code: "attempt-needs-person",
        what: `${about} is undone, and users are not served: ${end.reason ?? ""}`,
        why: "what they were led back to did not come up",
        mend: undoneText(unfinished, observed),
      },
    ];
  }
  return [
    {
      severity: "error",
      code: end ? "attempt-needs-person" : "attempt-unfinished",
      what: end ? `${about} could neither be finished nor undone: ${end.reason ?? ""}` : `${about} has no end`,
      why: "parts of two versions are there at once",
      mend: recoveryText(unfinished, observed),
    },
  ];
}

function undoneText(unfinished: UnfinishedAttempt, observed: ObservedStack | null): string {
  if (observed && supersededBy(unfinished, observed)) return recoveryText(unfinished, observed);
  const again = "sluice abort to start it once more, or sluice rollback TAG to lead users to a release that serves";
  return recoveryWays(unfinished, observed).finish ? `${again}; sluice resume to finish the deployment` : again;
}

function recoveryText(unfinished: UnfinishedAttempt, observed: ObservedStack | null): string {
  const superseded = observed && supersededBy(unfinished, observed);
  if (superseded) return `sluice resume to close it, with nothing finished or undone: ${superseded}`;
  const { finish, undo, hint } = recoveryWays(unfinished, observed);
  if (hint !== undefined) return hint;
  if (!undo && !finish) return "sluice deploy or sluice rollback: users reach its release, which was not stored";
  if (!undo) return "sluice resume to finish it: its release is promoted";
  if (!finish) return "sluice abort to undo it: its release was not stored";
  return "sluice resume to finish it, or sluice abort to undo it";
}
