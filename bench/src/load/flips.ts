import type { Answer } from "./answer.ts";

export interface Flips {
  /** Clients that got an answer of the new version. */
  readonly forward: readonly number[];
  /** Clients that then asked again, and were answered by the old one. */
  readonly back: readonly number[];
}

/**
 * Who went from version `old` to version `next`, and who back. An old answer counts as back only when its request was
 * sent after the client already had a new answer: one that was under way meanwhile is no surprise to anybody.
 */
export function countFlips(answers: readonly Answer[], old: string, next: string): Flips {
  const firstNext = new Map<number, number>();
  for (const { client, version, endedAt } of answers) {
    if (version === next) firstNext.set(client, Math.min(endedAt, firstNext.get(client) ?? Number.POSITIVE_INFINITY));
  }
  const back = new Set<number>();
  for (const { client, version, sentAt } of answers) {
    if (version === old && sentAt > (firstNext.get(client) ?? Number.POSITIVE_INFINITY)) back.add(client);
  }
  const ascending = (a: number, b: number) => a - b;
  return { forward: [...firstNext.keys()].toSorted(ascending), back: [...back].toSorted(ascending) };
}
