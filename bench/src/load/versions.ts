import type { Answer } from "./answer.ts";

/** When a version answered ordinary, slow and poll requests. */
export interface VersionSeen {
  readonly version: string;
  readonly answers: number;
  readonly firstAnswerAt: number;
  readonly lastAnswerAt: number;
  /** When the last request was sent that this version answered. */
  readonly lastSentAt: number;
}

/** The versions that gave good answers, in the order of their first ones. */
export function versionsOf(answers: readonly Answer[]): VersionSeen[] {
  const seen = new Map<string, VersionSeen>();
  for (const { version, failure, endedAt, sentAt } of answers) {
    if (version === undefined || failure) continue;
    const before = seen.get(version);
    seen.set(version, {
      version,
      answers: (before?.answers ?? 0) + 1,
      firstAnswerAt: Math.min(before?.firstAnswerAt ?? endedAt, endedAt),
      lastAnswerAt: Math.max(before?.lastAnswerAt ?? endedAt, endedAt),
      lastSentAt: Math.max(before?.lastSentAt ?? sentAt, sentAt),
    });
  }
  return [...seen.values()].toSorted((a, b) => a.firstAnswerAt - b.firstAnswerAt);
}
