import { formatDuration } from "../config/duration.ts";
import type { RehearsalOutcome } from "./rehearsal.ts";

/** What a rehearsal ran on, for people: `backup 20260501T090000Z-abcd of release v1, 3h old`. Pure. */
export function rehearsalCopyText({ backup, copy }: Pick<RehearsalOutcome, "backup" | "copy">): string {
  if (!copy) return `backup ${backup}`;
  const of = copy.release === null ? "of no known release" : `of release ${copy.release}`;
  return `backup ${backup} ${of}, ${formatDuration(copy.ageMs)} old`;
}
