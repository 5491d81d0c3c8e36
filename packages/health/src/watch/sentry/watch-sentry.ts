import type { Clock, SentryCheck, WatchTarget } from "@sluice/core";
import { createReferences } from "../../references.ts";
import { createSentryClient, type SentryClient, sentryVersion } from "../../sentry/sentry-client.ts";
import type { Sight, Span } from "../sight.ts";
import { judgeSentry, nextCursor, readIssues, type SentryIssue, sentryLimit } from "./judge-sentry.ts";

/** What comes later than this is not there yet: Sentry shows events up to a minute after they happen. */
const settleMs = 30_000;
/** Of a hundred issues each: who has more new ones has found enough. */
const mostPages = 5;

/** Asks at each look for issues that the release under watch was the first to have. */
export function watchSentry(
  means: Parameters<typeof createReferences>[0] & { readonly clock: Clock },
  check: SentryCheck,
  target: WatchTarget,
): Span {
  const { clock } = means;
  const client = createSentryClient(createReferences(means), check.sentry);
  const path = issuesPath(check, sentryVersion(check.sentry, target));
  const begin = clock.now().getTime();
  return {
    limit: sentryLimit(check),
    async look(_looks, signal) {
      const sight = await ask(client, { check, target, path }, signal);
      const isSettled = clock.now().getTime() - (target.since?.getTime() ?? begin) >= settleMs;
      if (sight.result !== "pass" || isSettled) return sight;
      return { ...sight, result: "no-data", isEarly: true, value: `${sight.value} so far; Sentry needs 30s` };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function issuesPath({ sentry }: SentryCheck, version: string): string {
  const query = new URLSearchParams({
    project: "-1",
    query: `is:unresolved firstRelease:"${version.replaceAll(/["\\]/g, String.raw`\$&`)}"`,
    statsPeriod: "24h",
    limit: "100",
    ...(sentry.environment === undefined ? {} : { environment: sentry.environment }),
  });
  return `issues/?${query.toString()}`;
}

interface Question {
  readonly check: SentryCheck;
  readonly target: WatchTarget;
  readonly path: string;
}

async function ask(client: SentryClient, { check, target, path }: Question, signal: AbortSignal): Promise<Sight> {
  const nothing = { result: "no-data", value: "no answer", limit: sentryLimit(check), n: 0 } as const;
  const issues: SentryIssue[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < mostPages && (page === 0 || cursor !== null); page++) {
    const at: string = cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`;
    const answer = await client({ method: "GET", path: at }, signal);
    if (answer.failure !== undefined) return { ...nothing, detail: answer.failure };
    const found = readIssues(answer.json);
    if (!found) return { ...nothing, detail: "the answer is no list of issues" };
    issues.push(...found);
    cursor = nextCursor(answer.link);
  }
  return judgeSentry(check, issues, target.startedAt);
}
