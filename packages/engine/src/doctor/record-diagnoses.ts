import type { Diagnosis } from "@sluice/core";
import { type AttemptRecord, unfinishedOf } from "../journal-entries.ts";

/** Records that are this far ahead were not written by a clock that is right now. */
const clockToleranceMs = 60_000;

export interface RecordFacts {
  /** The newest attempt. */
  readonly last: AttemptRecord | null;
  readonly now: Date;
  /** A deployment is under way: it has no end yet, and that is right. */
  readonly isLocked: boolean;
  /** Problems of the audit chain, in words. */
  readonly chainProblems: readonly string[];
}

/** What is wrong with the record of a stack. */
export function recordDiagnoses({ last, now, isLocked, chainProblems }: RecordFacts): readonly Diagnosis[] {
  return [...chainDiagnoses(chainProblems), ...clockDiagnoses(last, now), ...openDiagnoses(last, isLocked)];
}

function chainDiagnoses([first, ...more]: readonly string[]): readonly Diagnosis[] {
  if (first === undefined) return [];
  return [
    {
      severity: "error",
      code: "chain-broken",
      what: `the journal is not as it was written: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ""}`,
      why: "the record does not prove any more who did what; somebody or a disk changed it",
      mend: "sluice audit verify, and compare with an export of the state",
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

function openDiagnoses(last: AttemptRecord | null, isLocked: boolean): readonly Diagnosis[] {
  const unfinished = isLocked ? null : unfinishedOf(last);
  if (!unfinished) return [];
  const { start, end } = unfinished.attempt;
  const about = `deployment ${start.deployment} (${start.tag})`;
  return [
    {
      severity: "error",
      code: end ? "attempt-needs-person" : "attempt-unfinished",
      what: end ? `${about} could neither be finished nor undone: ${end.reason ?? ""}` : `${about} has no end`,
      why: "parts of two versions are there at once",
      mend: "sluice resume to finish it, or sluice abort to undo it",
    },
  ];
}
