import type { Answer } from "./answer.ts";
import { type Spread, spreadOf } from "./percentile.ts";

/** A named moment: the phase of this name begins. */
export interface Mark {
  readonly name: string;
  readonly at: number;
}

export interface Phase {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly requests: number;
  readonly failed: number;
  /** Of the good ordinary answers, from due time. */
  readonly latencyMs: Spread;
  /** How late the generator itself was. */
  readonly latenessMs: Spread;
}

/** Name of the phase before the first mark. */
export const firstPhase = "warm-up";

/** Cuts the run at the marks; an answer belongs to the phase in which its request was due. */
export function phasesOf(answers: readonly Answer[], marks: readonly Mark[], startAt: number, endAt: number): Phase[] {
  const begins = [{ name: firstPhase, at: startAt }, ...marks.toSorted((a, b) => a.at - b.at)];
  return begins.map(({ name, at }, index) => {
    const to = begins[index + 1]?.at ?? endAt;
    const own = answers.filter(({ dueAt }) => dueAt >= at && dueAt < to);
    const ordinary = own.filter(({ stream }) => stream === "ordinary");
    return {
      name,
      from: at,
      to,
      requests: own.length,
      failed: own.filter(({ failure }) => failure).length,
      latencyMs: spreadOf(ordinary.filter(({ failure }) => !failure).map(({ endedAt, dueAt }) => endedAt - dueAt)),
      latenessMs: spreadOf(ordinary.map(({ sentAt, dueAt }) => sentAt - dueAt)),
    };
  });
}
