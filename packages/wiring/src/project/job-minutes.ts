import { askedMs, type Config, configuredChecks, configuredWatches, type WatchedCheck } from "@sluice/core";
import { type JobMinutes, usualMinutes } from "@sluice/workflows";

const minute = 60_000;
/** What jobs of the workflows wait for others, by `--wait`. */
const waits = { deploy: 30 * minute, rollback: 10 * minute, backup: 60 * minute };
/** To check out, to build, to start, and to migrate. */
const workMs = 30 * minute;
/** To read the project, and to ask doors and everything else that no configuration gives a time. */
const verifyMs = 5 * minute;
/** Of `steps: auto`: two of its steps are watched, for ten minutes at most. */
const longestAutoMs = 20 * minute;
const autoSpans = 2;

/** Minutes that a deployment is held by what the configuration says, however fast all else is: loaded, watched, baked, and asked for. */
export function heldMinutes(config: Config): number {
  return Math.ceil((loadsMs(config) + watchedMs(config) + approvalsMs(config)) / minute);
}

/**
 * Minutes that jobs may need by the configuration, when all takes as long as it may: a deployment with a backup, its proof and a
 * rehearsal, checks that pass at their last attempt, steps that are watched twice as long for want of requests, everyone asked at the
 * last moment, and one pause. A release that is not warm any more is gone back to with its checks and steps, too, and one that has to migrate with a backup. Pure.
 */
export function jobMinutes(config: Config): JobMinutes {
  const { rollout, traffic, analysis, database } = config;
  const { timeout: dumpMs = 0, verify, beforeDeploy = "none", rehearsal = "off" } = database ?? {};
  const proofMs = verify?.timeout ?? 0;
  const rehearses = rehearsal !== "off";
  // A rehearsal takes a backup where there is none, and proves one that is not proven, before it has its own time.
  const dataMs =
    (beforeDeploy === "none" && !rehearses ? 0 : dumpMs) +
    (beforeDeploy === "proven" || rehearses ? proofMs : 0) +
    (rehearses ? proofMs : 0);
  const watched = watchedMs(config) + (rollout.steps === "auto" ? longestAutoMs : 0);
  const judged = analysis.enabled && analysis.onNoData === "extend" ? 2 * watched : watched;
  const people = approvalsMs(config) + rollout.approval.timeout;
  // A door that is made anew waits for those at the one before it.
  const drainsMs = 2 * traffic.drain.timeout;
  const rolloutMs = workMs + startsMs(config) + provenMs(config) + judged + lastLooksMs(config) + drainsMs;
  return {
    deploy: rounded(usualMinutes.deploy, waits.deploy + dataMs + rolloutMs + people),
    rollback: rounded(usualMinutes.rollback, waits.rollback + dataMs + rolloutMs),
    backup: rounded(usualMinutes.backup, waits.backup + dumpMs + proofMs),
    verify: rounded(usualMinutes.verify, verifyMs + checksMs(config) + config.notify.timeout),
  };
}

function watchedMs({ rollout: { steps, bake } }: Config): number {
  return bake + (steps === "auto" ? 0 : steps.reduce((sum, step) => sum + step.for, 0));
}

function approvalsMs({ rollout: { steps, approval } }: Config): number {
  return steps === "auto" ? 0 : steps.filter((step) => step.approval).length * approval.timeout;
}

/** Of what the configuration says: services start one after the other where they have no slots. Of the others `workMs` has some. */
function startsMs({ services }: Config): number {
  return Object.values(services).reduce((sum, { startTimeout = 0 }) => sum + startTimeout, 0);
}

function loadsMs(config: Config): number {
  return configuredChecks(config).reduce((sum, check) => sum + (check.type === "load" ? check.durationMs : 0), 0);
}

/** What cannot be asked before users meet the release is asked after that: the two slowest may be one here and one there. */
function provenMs(config: Config): number {
  const checks = configuredChecks(config);
  const quiet = checks.filter(({ type }) => type !== "load").map((check) => askedMs([check]));
  const [, second = 0] = quiet.toSorted((one, other) => other - one);
  return askedMs(checks) + second;
}

/** At the end of each step, and of the bake, checks that watch look once more, and again where what they saw is forgiven. */
function lastLooksMs(config: Config): number {
  const { steps, bake } = config.rollout;
  const spans = (steps === "auto" ? autoSpans : steps.filter((step) => step.for > 0).length) + (bake > 0 ? 1 : 0);
  return spans * Math.max(0, ...configuredWatches(config).map(lookMs));
}

/** Checks are asked first; then all is watched that is to be watched. */
function checksMs(config: Config): number {
  return askedMs(configuredChecks(config)) + Math.max(0, ...configuredWatches(config).map(lookedMs));
}

/** On a busy machine growth is looked at for twice its window. */
function lookedMs(check: WatchedCheck): number {
  const windowMs = check.type === "resources" ? check.growth.windowMs + check.intervalMs : 0;
  return 2 * windowMs + lookMs(check);
}

/** Looks that are forgiven come on top. */
function lookMs({ timeoutMs, intervalMs, retries }: WatchedCheck): number {
  return (retries + 1) * (timeoutMs + intervalMs);
}

/** In whole ten minutes: a limit, and no appointment. */
function rounded(least: number, ms: number): number {
  return Math.max(least, Math.ceil(ms / minute / 10) * 10);
}
