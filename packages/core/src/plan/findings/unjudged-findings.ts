import { formatDuration } from "../../config/duration.ts";
import { candidateChecks } from "../../config/release-checks.ts";
import type { Config } from "../../config/schema.ts";
import { watchedChecks } from "../../config/watched-checks.ts";
import type { Finding } from "../../model/finding.ts";
import { canJudgeGrowth } from "../../model/growth-span.ts";
import { slotServices } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { DeploymentPlan } from "../steps/step.ts";

/**
 * What is to be judged while users meet the candidate, and cannot be in the time that the plan watches it: it would only be told
 * as too little to judge, each time. Where nothing is watched, nobody expects a judgement. Pure.
 */
export function unjudgedFindings(
  { steps }: Pick<DeploymentPlan, "steps">,
  config: Config,
  services: readonly ServiceFacts[],
): readonly Finding[] {
  const spans = steps.flatMap((step) => (step.kind === "shift" || step.kind === "bake" ? [step.holdMs] : []));
  const longest = Math.max(0, ...spans);
  if (longest === 0) return [];
  return [...growthFindings(longest, config, services), ...probeFindings(longest, config, services)];
}

function growthFindings(longest: number, config: Config, services: readonly ServiceFacts[]): readonly Finding[] {
  return watchedChecks(config, services).flatMap((check): Finding[] => {
    if (check.type !== "resources" || canJudgeGrowth(check, longest)) return [];
    const { windowMs } = check.growth;
    const looks = `a look each ${formatDuration(check.intervalMs)}`;
    return [
      {
        severity: "warn",
        code: "growth-not-judged",
        message: `check "${check.name}" never judges growth: it needs ${formatDuration(windowMs)} (${looks}), and the candidate is watched ${formatDuration(longest)} at most`,
        hint: "a longer rollout.bake or step (for), or a shorter growth.window and interval",
      },
    ];
  });
}

/** Each look asks each probe once, and all answers of a span are judged together. */
function probeFindings(longest: number, config: Config, services: readonly ServiceFacts[]): readonly Finding[] {
  const { enabled, onNoData, interval, minRequests } = config.analysis;
  if (!enabled || onNoData !== "synthetic") return [];
  const probes = Math.max(1, readingChecks(config, services).length);
  const most = probes * Math.max(1, Math.ceil(longest / interval));
  if (most >= minRequests) return [];
  return [
    {
      severity: "warn",
      code: "probes-too-few",
      message: `probes in the place of users never suffice for a verdict: analysis.minRequests is ${minRequests}, and ${most} at most are made in ${formatDuration(longest)}`,
      hint: "a longer rollout.bake or step (for), a shorter analysis.interval, more http checks that only read, or a smaller analysis.minRequests",
    },
  ];
}

/** What may be asked any number of times in the place of users: the checks of services in slots that only read. Pure. */
export function readingChecks(config: Config, services: readonly ServiceFacts[]) {
  const inSlots = new Set(slotServices(services).map(({ name }) => name));
  return candidateChecks(config, services).filter(
    (check) =>
      check.type === "http" && inSlots.has(check.service) && (check.method === "GET" || check.method === "HEAD"),
  );
}
