import { type ReleaseRequest, type Serving, stops, type Verdict } from "@sluice/core";
import type { StackStatus } from "../deployer.ts";

/** What another stack shows of the release that it serves. */
export interface ProofFacts {
  readonly stack: string;
  readonly serving: Serving | null;
  /** When it went live there, ISO 8601; `null` where the record says nothing of it. */
  readonly liveSince: string | null;
  readonly unfinished: StackStatus["unfinished"];
  readonly findings: StackStatus["findings"];
  /** Empty where the checks were not asked. */
  readonly verdicts: readonly Verdict[];
}

/** Why a release that another stack serves is not proven; empty where it is. Pure. */
export function proofObjections(
  { stack, serving, liveSince, unfinished, findings, verdicts }: ProofFacts,
  { now, minimumMs, release }: { readonly now: Date; readonly minimumMs: number; readonly release: ReleaseRequest },
): readonly string[] {
  if (!serving) return [`${stack} serves nothing`];
  const { tag, share } = serving;
  // NaN, where nothing says when it went live, is no time to go by.
  const servedMs = now.getTime() - (liveSince === null ? Number.NaN : Date.parse(liveSince));
  const isNamed = release.tag === tag ? tag : `${tag}, which is asked for as ${release.tag},`;
  return [
    ...(share === 100 ? [] : [`only ${share} % of the users of ${stack} get ${tag}`]),
    ...(unfinished ? [`${stack} has a deployment without an end: ${unfinished.tag}`] : []),
    ...(servedMs >= minimumMs ? [] : [`${isNamed} has not served in ${stack} for ${timeText(minimumMs)}`]),
    ...findings.filter(({ severity }) => severity === "error").map(({ message }) => `${stack}: ${message}`),
    ...verdicts
      .filter(stops)
      .map(({ check, result }) => `${stack}: ${check} ${result === "fail" ? "fails" : "has no data"}`),
  ];
}

function timeText(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} minutes` : `${Math.ceil(ms / 1_000)} seconds`;
}
