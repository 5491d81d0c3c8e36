import type { Answer } from "./answer.ts";

export interface Gap {
  readonly ms: number;
  readonly from: number;
  readonly to: number;
}

/** The longest time between `from` and `to` in which no ordinary request got a good answer. */
export function longestGap(answers: readonly Answer[], from: number, to: number): Gap {
  const good = answers
    .filter(({ stream, failure, endedAt }) => stream === "ordinary" && !failure && endedAt > from && endedAt < to)
    .map(({ endedAt }) => endedAt)
    .toSorted((a, b) => a - b);
  let longest: Gap = { ms: 0, from, to: from };
  let last = from;
  for (const at of [...good, to]) {
    if (at - last > longest.ms) longest = { ms: at - last, from: last, to: at };
    last = at;
  }
  return longest;
}
