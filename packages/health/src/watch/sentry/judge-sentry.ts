import type { SentryCheck } from "@sluice/core";
import type { Sight } from "../sight.ts";

/** An issue, of what Sentry tells of one. */
export interface SentryIssue {
  readonly shortId: string;
  readonly title: string;
  readonly level: string;
  readonly count: number;
  readonly project: string;
  /** `null` where Sentry does not say. */
  readonly firstSeen: Date | null;
}

type Limits = Pick<SentryCheck, "levels" | "minEvents" | "max" | "sentry">;

export function sentryLimit({ levels, minEvents, max }: Limits): string {
  return `at most ${max} new issues (${levels.join(", ")}) of ${minEvents} or more events`;
}

/** Clocks differ: that of whoever saw the issue may be this much behind the one that took the time of the start. */
const clockToleranceMs = 120_000;

/** What was first seen before `startedAt` is not new: the release ran before, and comes back. Pure. */
export function judgeSentry(check: Limits, issues: readonly SentryIssue[], startedAt?: Date): Sight {
  const { levels, minEvents, max, sentry } = check;
  const newFrom = startedAt === undefined ? Number.NEGATIVE_INFINITY : startedAt.getTime() - clockToleranceMs;
  const own = issues.filter(
    ({ project, firstSeen }) =>
      (sentry.projects.length === 0 || sentry.projects.includes(project)) &&
      (firstSeen === null || firstSeen.getTime() >= newFrom),
  );
  const counted = own.filter(({ level, count }) => levels.includes(level) && count >= minEvents);
  const seen = { value: `${counted.length} new issues`, limit: sentryLimit(check), n: own.length };
  if (counted.length <= max) return { ...seen, result: "pass" };
  const shown = counted
    .slice(0, 10)
    .map(({ shortId, level, count, title }) => `${shortId}: ${level}, ${count} events: ${title}`);
  return { ...seen, result: "fail", detail: shown.join("\n") };
}

/** Issues of an answer; `null` where it is none. */
export function readIssues(json: unknown): readonly SentryIssue[] | null {
  if (!Array.isArray(json)) return null;
  const issues = json.map(toIssue);
  return issues.every((issue) => issue !== null) ? issues : null;
}

function toIssue(found: unknown): SentryIssue | null {
  if (typeof found !== "object" || found === null) return null;
  const { shortId, title, level, count, project, firstSeen } = found as Readonly<Record<string, unknown>>;
  const slug = (project as { slug?: unknown } | null | undefined)?.slug;
  // A number in JSON text, as large ones are no numbers in JavaScript.
  const events = typeof count === "string" || typeof count === "number" ? Number(count) : Number.NaN;
  if (typeof shortId !== "string" || typeof level !== "string" || typeof slug !== "string" || Number.isNaN(events)) {
    return null;
  }
  return {
    shortId,
    title: typeof title === "string" ? title : "",
    level,
    count: events,
    project: slug,
    firstSeen: dateOf(firstSeen),
  };
}

function dateOf(text: unknown): Date | null {
  const at = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at);
}

/** The cursor of the next page, from a `Link` header; `null` on the last. */
export function nextCursor(link: string): string | null {
  const next = link.split(",").find((part) => part.includes('rel="next"') && part.includes('results="true"'));
  return /cursor="([^"]+)"/.exec(next ?? "")?.[1] ?? null;
}
