import { type FailureKind, failureKinds } from "../load/answer.ts";
import type { LoadResult } from "../load/result.ts";

/** What users met of a bad version, and lost. */
export interface Exposure {
  /** Requests without a good answer, from the command's start to a minute after the first that met the bad version. */
  readonly lost: number;
  /** The same to the end of the load: a version may be found, and left, later than that minute. */
  readonly lostInAll: number;
  /** What became of all that were lost. */
  readonly kinds: LoadResult["failuresByKind"];
  /** When all of them were sent: how many in which second, counted from the first request that met the bad version. */
  readonly lostBySecond: Readonly<Record<number, number>>;
  /** Requests that the bad version answered in that minute. */
  readonly met: number;
  /** Seconds from the first request that met it to the last. */
  readonly exposedS: number;
}

type Answers = Pick<LoadResult, "answers">;

const minuteMs = 60_000;

/** Pure. @param startedAt when the command began, on the clock of the answers, milliseconds */
export function exposure({ answers }: Answers, bad: string, startedAt: number): Exposure {
  const met = answers.filter(({ version }) => version === bad).map(({ sentAt }) => sentAt);
  const first = met.length > 0 ? Math.min(...met) : startedAt;
  const isInMinute = (sentAt: number) => sentAt <= first + minuteMs;
  // What a change of versions costs by itself, before anybody meets the new one, counts too.
  const failed = answers.flatMap(({ sentAt, failure }) =>
    failure && sentAt >= startedAt ? [{ sentAt, failure }] : [],
  );
  const count = (kind: FailureKind) => failed.filter(({ failure }) => failure.kind === kind).length;
  const seconds = Map.groupBy(failed, ({ sentAt }) => Math.floor((sentAt - first) / 1_000));
  return {
    lost: failed.filter(({ sentAt }) => isInMinute(sentAt)).length,
    lostInAll: failed.length,
    kinds: Object.fromEntries(failureKinds.map((kind) => [kind, count(kind)])) as Record<FailureKind, number>,
    lostBySecond: Object.fromEntries([...seconds].map(([second, those]) => [second, those.length])),
    met: met.filter((sentAt) => sentAt >= startedAt && isInMinute(sentAt)).length,
    exposedS: met.length > 0 ? (Math.max(...met) - first) / 1_000 : 0,
  };
}

/** Whether the answer that ended last, of those that say a version, is of `good`. Pure. */
export function endsWith({ answers }: Answers, good: string): boolean {
  return answers.filter(({ version }) => version).toSorted((a, b) => b.endedAt - a.endedAt)[0]?.version === good;
}

/**
 * Whether all users had `good` from a moment on: some were answered, and nobody who asked later by another version. An
 * answer that says no version is of none: it is lost, and counted as such. Pure.
 *
 * @param since that moment, on the clock of the answers, milliseconds
 */
export function allHave({ answers }: Answers, good: string, since: number): boolean {
  const versions = answers.flatMap(({ version, sentAt }) => (version && sentAt >= since ? [version] : []));
  return versions.length > 0 && versions.every((version) => version === good);
}
