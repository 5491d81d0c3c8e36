import { createEvent, messageOf } from "@sluice/core";
import type { DeploymentResult } from "@sluice/engine";
import { recordSentryDeploy } from "@sluice/health";
import type { Session } from "../session.ts";

/**
 * Runs a deployment, and tells Sentry of the release that it made live, where the configuration says so. What goes wrong with
 * that is shown, and changes nothing of the deployment.
 */
export async function recordingInSentry(
  session: Session,
  run: () => Promise<DeploymentResult>,
  signal: AbortSignal,
): Promise<DeploymentResult> {
  const { clock, options } = session;
  const startedAt = clock.now();
  const result = await run();
  const { sentry } = await session.config();
  const { serving } = result;
  if (!sentry?.record || result.outcome !== "live" || !serving || signal.aborted) return result;
  const bundles = await (await session.ports()).bundles.list();
  const bundle = bundles.find(({ id }) => id === serving.release);
  // Sentry blames the commits of a release for its errors: those of a changed checkout may be of what no commit has.
  const commit = bundle && !bundle.dirty ? bundle.commit : null;
  const deploy = { stack: await session.stack(), release: serving.tag, commit, startedAt, finishedAt: clock.now() };
  const failure = await recordSentryDeploy({ clock, environment: options.env }, sentry, deploy, signal).catch(
    messageOf,
  );
  if (failure === null) return result;
  const message = `Sentry was not told of release ${serving.tag}: ${session.redact(failure)}`;
  const finding = { severity: "warn", code: "sentry-not-told", message } as const;
  session.lastWord.aside(createEvent(clock.now(), { type: "finding", finding }));
  return result;
}
