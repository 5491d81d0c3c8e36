import { type Check, type Config, configuredChecks, configuredWatches, type WatchedCheck } from "@sluice/core";
import { type JobMinutes, usualMinutes } from "@sluice/workflows";

const minute = 60_000;
/** What jobs of the workflows wait for others, by `--wait`. */
const waits = { deploy: 30 * minute, rollback: 10 * minute, backup: 60 * minute };
/** To check out, to build, to start, and to migrate. */
const workMs = 30 * minute;
/** To read the project, and to ask doors and everything else that no configuration gives a time. */
const verifyMs = 5 * minute;
/** Of each attempt of a check, beside its own time: what the engine may take to run it, and the pause after it. */
const attemptMs = 16_000;
/** Of `steps: auto`: two of its steps are watched, for ten minutes at most. */
const longestAutoMs = 20 * minute;

/** Minutes that a deployment is held by what the configuration says, however fast all else is: watched, baked, and asked for. */
export function heldMinutes(config: Config): number {
  return Math.ceil((watchedMs(config) + approvalsMs(config)) / minute);
}

/**
 * Minutes that jobs may need by the configuration, when all takes as long as it may: a deployment with a backup, its proof and a
 * rehearsal, steps that are watched twice as long for want of requests, everyone asked at the last moment, and one pause. Pure.
 */
export function jobMinutes(config: Config): JobMinutes {
  const { rollout, traffic, analysis, database } = config;
  const { timeout: dumpMs = 0, verify, beforeDeploy = "none", rehearsal = "off" } = database ?? {};
  const proofMs = verify?.timeout ?? 0;
  const dataMs =
    (beforeDeploy === "none" ? 0 : dumpMs) +
    (beforeDeploy === "proven" ? proofMs : 0) +
    (rehearsal === "off" ? 0 : proofMs);
  const watched = watchedMs(config) + (rollout.steps === "auto" ? longestAutoMs : 0);
  const judged = analysis.enabled && analysis.onNoData === "extend" ? 2 * watched : watched;
  const people = approvalsMs(config) + rollout.approval.timeout;
  const drainMs = traffic.drain.timeout;
  return {
    deploy: rounded(usualMinutes.deploy, waits.deploy + workMs + dataMs + judged + people + drainMs),
    rollback: rounded(usualMinutes.rollback, waits.rollback + workMs + drainMs),
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

/** Checks are asked at once, but loads one after the other once the others are over; then all is watched that is to be watched. */
function checksMs(config: Config): number {
  const checks = configuredChecks(config);
  const quiet = checks.filter(({ type }) => type !== "load").map(askedMs);
  const loads = checks.filter(({ type }) => type === "load").map(askedMs);
  const watches = configuredWatches(config).map(lookedMs);
  return Math.max(0, ...quiet) + loads.reduce((sum, ms) => sum + ms, 0) + Math.max(0, ...watches);
}

/** Before each attempt that fails, all but one of the successes that are wanted in a row. */
function askedMs({ timeoutMs, successes, retries }: Check): number {
  return successes * (retries + 1) * (timeoutMs + attemptMs);
}

/** On a busy machine growth is looked at for twice its window; looks that are forgiven come on top. */
function lookedMs(check: WatchedCheck): number {
  const { timeoutMs, intervalMs, retries } = check;
  const windowMs = check.type === "resources" ? check.growth.windowMs + intervalMs : 0;
  return 2 * windowMs + (retries + 1) * (timeoutMs + intervalMs);
}

/** In whole ten minutes: a limit, and no appointment. */
function rounded(least: number, ms: number): number {
  return Math.max(least, Math.ceil(ms / minute / 10) * 10);
}
