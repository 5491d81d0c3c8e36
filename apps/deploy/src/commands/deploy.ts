import { SluiceError } from "@sluice/core";
import type { PlanView } from "@sluice/wiring";
import type { CommandCall } from "../context.ts";
import { type DeployFlags, deployCall } from "../deploy-call.ts";
import { runDeployment } from "../deployment.ts";
import { givenFlags, withFlags } from "../given-flags.ts";
import { planText } from "../render/plan-text.ts";
import { showPlan } from "./plan.ts";

/** `sluice deploy`: makes a release live. */
export async function deploy(call: CommandCall<DeployFlags>): Promise<number> {
  const { flags, context } = call;
  if (flags.plan) return showPlan(call);
  context.giveWay();
  return runDeployment(call, { kind: "deploy", tag: flags.release ?? "" }, async (deployer, signal) => {
    const asked = await deployCall(call, deployer);
    if ("ignored" in asked) return { nothing: { code: "release-ignored", message: asked.ignored } };
    await confirmPlan(call, () => deployer.plan(asked, context.signal));
    return deployer.deploy(asked, signal);
  });
}

/**
 * Shows the plan to a person and asks; elsewhere, with `--yes`, and where it is sure that there is nothing to do, goes on.
 *
 * @returns what was planned; `null` where nobody is asked
 * @throws SluiceError CONFIRMATION_NEEDED
 */
export async function confirmPlan(
  { flags, context }: CommandCall,
  plan: () => Promise<PlanView>,
): Promise<PlanView | null> {
  if (flags.yes || flags.json || !context.isInteractive) return null;
  const view = await plan();
  // A plan pulls nothing: what a registry has by now may make a release of its own, and steps.
  const isSettled = !view.findings.some(({ code }) => code === "image-asked-anew");
  if (view.plan.steps.length === 0 && isSettled) return view;
  context.stdout.write(`${withFlags(planText(view), givenFlags(flags))}\n`);
  if (await context.confirm("Do it?", context.signal)) return view;
  throw new SluiceError("CONFIRMATION_NEEDED", "not confirmed, nothing was changed");
}
