// Deploys to production the release that staging serves, once it has proven itself there.
// `STAGING_STACK=shop-staging STACK_NAME=shop node scripts/src/promote.ts`, in the checkout of that release.
// MINIMUM_MINUTES: how long it must have served in staging (default 30). Exit code 10: it has not.
import { createDeployer, type Deployer, resolveRelease, type StackStatus } from "@sluice/wiring";
import { deployerOptions, runProgram, type Workflow } from "./workflow.ts";

const refusedExitCode = 10;

export interface StagingFacts {
  readonly status: Pick<StackStatus, "serving" | "unfinished" | "findings" | "last">;
  readonly failedChecks: readonly string[];
  /** Tag of the checkout, which is what production would get. */
  readonly tag: string;
  readonly now: Date;
  readonly minimumMs: number;
}

/** Why a release is not promoted; empty when it is. */
export function promotionReasons({ status, failedChecks, tag, now, minimumMs }: StagingFacts): readonly string[] {
  const { serving, unfinished, findings, last } = status;
  if (!serving) return ["staging serves nothing"];
  const since = last?.end?.outcome === "live" ? Date.parse(last.end.at) : Number.NaN;
  // NaN, where the last deployment did not make it live, is no time to go by.
  const isProven = now.getTime() - since >= minimumMs;
  return [
    ...(serving.tag === tag ? [] : [`staging serves ${serving.tag}, and the checkout is ${tag}`]),
    ...(serving.share === 100 ? [] : [`only ${serving.share} % of staging's users get ${serving.tag}`]),
    ...(unfinished ? [`staging has a deployment without an end: ${unfinished.tag}`] : []),
    ...(isProven ? [] : [`${serving.tag} has not served in staging for ${minimumMs / 60_000} minutes`]),
    ...findings.filter(({ severity }) => severity === "error").map(({ message }) => `staging: ${message}`),
    ...failedChecks.map((check) => `staging: ${check} fails`),
  ];
}

export async function promote(workflow: Workflow): Promise<number> {
  const { env, directory, signal, say } = workflow;
  const staging = env["STAGING_STACK"];
  if (!staging) {
    say("STAGING_STACK is not set: it names the stack that a release is promoted from");
    return 2;
  }
  const asked = await resolveRelease({ env, directory, signal });
  if ("ignored" in asked) {
    say(asked.ignored);
    return 0;
  }
  const { tag } = asked.release;
  const facts = await readStaging(workflow, staging);
  const minimumMs = Number(env["MINIMUM_MINUTES"] || 30) * 60_000;
  const reasons = promotionReasons({ ...facts, tag, now: new Date(), minimumMs });
  for (const reason of reasons) say(reason);
  if (reasons.length > 0) return refusedExitCode;
  await using production = createDeployer({ ...deployerOptions(workflow) });
  const result = await production.deploy({ ...asked, reason: `promoted from ${staging}`, waitMs: 1_800_000 }, signal);
  await workflow.output("outcome", result.outcome);
  await workflow.summarize(`**${tag}, promoted from ${staging}: ${result.outcome}**`);
  return result.exitCode;
}

async function readStaging(workflow: Workflow, stack: string): Promise<Pick<StagingFacts, "status" | "failedChecks">> {
  const { env, signal } = workflow;
  const options = {
    ...deployerOptions(workflow),
    stack,
    stateHome: env["STAGING_SLUICE_HOME"] || undefined,
    environment: env["STAGING_ENVIRONMENT"] || undefined,
  };
  await using deployer: Pick<Deployer, "status" | "verify"> & AsyncDisposable = createDeployer(options);
  const [status, verdicts] = await Promise.all([deployer.status(signal), deployer.verify(signal)]);
  return { status, failedChecks: verdicts.filter(({ result }) => result !== "pass").map(({ check }) => check) };
}

if (process.argv[1] === import.meta.filename) await runProgram(promote);
