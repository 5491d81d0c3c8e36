import { type Clock, formatDuration, type SentryAccess } from "@sluice/core";
import { withDeadline } from "../deadline.ts";
import { createReferences } from "../references.ts";
import { createSentryClient, sentryVersion } from "./sentry-client.ts";

export interface SentryDeploy {
  readonly stack: string;
  /** Tag of the release that is live. */
  readonly release: string;
  readonly commit: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** For both calls, milliseconds: what people wait for is the deployment. */
const budgetMs = 10_000;

/**
 * Tells Sentry of a release and of its deployment, so that issues are told apart by it. A release that Sentry knows
 * already is no problem.
 *
 * @returns why it could not be recorded, or `null`
 */
export async function recordSentryDeploy(
  means: Parameters<typeof createReferences>[0] & { readonly clock: Clock },
  access: SentryAccess,
  deploy: SentryDeploy,
  signal?: AbortSignal,
): Promise<string | null> {
  const { projects, environment } = access;
  if (projects.length === 0 || environment === undefined) return "sentry.projects and sentry.environment are not set";
  const client = createSentryClient(createReferences(means), access);
  const version = sentryVersion(access, deploy);
  const dates = { dateStarted: deploy.startedAt.toISOString(), dateFinished: deploy.finishedAt.toISOString() };
  const timed = await withDeadline(means.clock, budgetMs, signal, async (both) => {
    const ref = deploy.commit === null ? {} : { ref: deploy.commit };
    const release = { version, projects, ...ref, dateReleased: dates.dateFinished };
    const made = await client({ method: "POST", path: "releases/", body: release }, both);
    if (made.failure !== undefined) return made.failure;
    const path = `releases/${encodeURIComponent(version)}/deploys/`;
    const told = await client({ method: "POST", path, body: { environment, projects, ...dates } }, both);
    return told.failure ?? null;
  });
  return timed.done ? timed.value : `no answer within ${formatDuration(budgetMs)}`;
}
