// Deploys to production the very images that staging serves, once they have proven themselves there. Nothing is built.
// `STAGING_STACK=shop-staging STACK_NAME=shop node --conditions=sluice-source /opt/sluice/scripts/src/promote.ts`, in the checkout of
// that release; /opt/sluice is the checkout of Sluice.
// STAGING_SLUICE_HOME, STAGING_ENVIRONMENT: where staging keeps its state, and its name under `environments:`.
// MINIMUM_MINUTES: how long it must have served in staging (default 30). Exit code 10: it has not.
import { createDeployer, resolveRelease } from "@sluice/wiring";
import { deployerOptions, runProgram, type Workflow } from "./workflow.ts";

export async function promote(workflow: Workflow): Promise<number> {
  const { env, directory, signal, say } = workflow;
  const staging = env["STAGING_STACK"];
  if (!staging) {
    say("STAGING_STACK is not set: it names the stack that a release is promoted from");
    return 2;
  }
  const minutes = Number(env["MINIMUM_MINUTES"] || 30);
  if (!(minutes >= 0)) {
    say(`MINIMUM_MINUTES is ${env["MINIMUM_MINUTES"]}, and must be a number of minutes`);
    return 2;
  }
  await using production = createDeployer(deployerOptions(workflow));
  const { config } = await production.inspect(signal);
  const asked = await resolveRelease({ env, directory, allowPrerelease: config.releases.allowPrerelease, signal });
  if ("ignored" in asked) {
    say(asked.ignored);
    return 0;
  }
  const promotion = {
    stack: staging,
    stateHome: env["STAGING_SLUICE_HOME"] || undefined,
    environment: env["STAGING_ENVIRONMENT"] || undefined,
    minimumTime: minutes * 60_000,
  };
  const result = await production.deploy({ ...asked, promotion, waitMs: 1_800_000 }, signal);
  await workflow.output("outcome", result.outcome);
  await workflow.summarize(`**${asked.release.tag}, promoted from ${staging}: ${result.outcome}**`);
  return result.exitCode;
}

if (process.argv[1] === import.meta.filename) await runProgram(promote);
