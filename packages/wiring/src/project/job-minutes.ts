import type { Config } from "@sluice/core";
import { type JobMinutes, usualMinutes } from "@sluice/workflows";

const minute = 60_000;
/** What jobs of the workflows wait for others, by `--wait`. */
const waits = { deploy: 30 * minute, rollback: 10 * minute, backup: 60 * minute };
/** To check out, to build, to start, and to migrate. */
const workMs = 30 * minute;
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
  };
}

function watchedMs({ rollout: { steps, bake } }: Config): number {
  return bake + (steps === "auto" ? 0 : steps.reduce((sum, step) => sum + step.for, 0));
}

function approvalsMs({ rollout: { steps, approval } }: Config): number {
  return steps === "auto" ? 0 : steps.filter((step) => step.approval).length * approval.timeout;
}

/** In whole ten minutes: a limit, and no appointment. */
function rounded(least: number, ms: number): number {
  return Math.max(least, Math.ceil(ms / minute / 10) * 10);
}
