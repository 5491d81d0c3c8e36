import type { Answer, Failure, FailureKind } from "./answer.ts";
import { failureKinds } from "./answer.ts";
import { type Gap, longestGap } from "./gap.ts";
import { type Ledger, ledgerOf } from "./ledger.ts";
import { type Spread, spreadOf } from "./percentile.ts";
import { type Mark, type Phase, phasesOf } from "./phases.ts";
import { type SocketSummary, summariseSockets } from "./socket-summary.ts";
import type { SocketRecords } from "./sockets.ts";
import { type VersionSeen, versionsOf } from "./versions.ts";

/** `stop`: whoever asked for the load. Otherwise the bound of the profile that it met by itself before. */
export type LoadEnd = "stop" | "maxDurationMs" | "maxRequests";

export interface LoadRecords {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly endedBy: LoadEnd;
  readonly answers: readonly Answer[];
  readonly marks: readonly Mark[];
  readonly sockets: SocketRecords;
}

export type FailedRequest = Failure & { readonly sentAt: number; readonly endedAt: number; readonly path: string };

/** What a run of the load generator has seen. Times are of the monotonic clock, in milliseconds. */
export interface LoadResult {
  readonly startedAt: number;
  readonly endedAt: number;
  /** What came after an end that nobody asked for, nobody saw. */
  readonly endedBy: LoadEnd;
  readonly requests: number;
  readonly failed: number;
  readonly failuresByKind: Readonly<Record<FailureKind, number>>;
  /** The first ones, in the order in which they were sent. */
  readonly failures: readonly FailedRequest[];
  /** How late the generator itself was in sending. */
  readonly latenessMs: Spread;
  readonly gap: Gap;
  readonly phases: readonly Phase[];
  readonly versions: readonly VersionSeen[];
  readonly ledger: Ledger;
  readonly sockets: SocketSummary;
  readonly answers: readonly Answer[];
}

const failuresKept = 1_000;

export function summarise({ startedAt, endedAt, endedBy, answers, marks, sockets }: LoadRecords): LoadResult {
  const failures = failuresOf(answers);
  const count = (kind: FailureKind) => failures.filter((failure) => failure.kind === kind).length;
  return {
    startedAt,
    endedAt,
    endedBy,
    requests: answers.length,
    failed: failures.length,
    failuresByKind: Object.fromEntries(failureKinds.map((kind) => [kind, count(kind)])) as Record<FailureKind, number>,
    failures: failures.slice(0, failuresKept),
    latenessMs: spreadOf(answers.filter(({ stream }) => stream !== "poll").map(({ sentAt, dueAt }) => sentAt - dueAt)),
    gap: longestGap(answers, startedAt, endedAt),
    phases: phasesOf(answers, marks, startedAt, endedAt),
    versions: versionsOf(answers),
    ledger: ledgerOf(answers),
    sockets: summariseSockets(sockets),
    answers,
  };
}

function failuresOf(answers: readonly Answer[]): FailedRequest[] {
  return answers
    .flatMap(({ failure, sentAt, endedAt, path }) => (failure ? [{ ...failure, sentAt, endedAt, path }] : []))
    .toSorted((a, b) => a.sentAt - b.sentAt);
}
