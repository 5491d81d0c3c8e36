import type { CommandCall } from "../context.ts";
import { type DeployFlags, deployCall, sayIgnored } from "../deploy-call.ts";
import { givenFlags, withFlags, withFlagsInHint } from "../given-flags.ts";
import { outputMode } from "../render/choose.ts";
import { findingAnnotation } from "../render/github.ts";
import { writeJson } from "../render/json.ts";
import { planText } from "../render/plan-text.ts";
import { withDeployer } from "../with-deployer.ts";

/** `sluice plan`: what a deployment would do, and why. Changes nothing. */
export async function showPlan(call: CommandCall<DeployFlags>): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const asked = await deployCall(call, deployer);
    if ("ignored" in asked) return sayIgnored(call, asked, "nothing to do");
    const view = await deployer.plan(asked, context.signal);
    if (flags.json) {
      const { plan, tag, serving, services, findings } = view;
      writeJson(context, { tag, serving, plan, services, findings });
      return 0;
    }
    const given = givenFlags(flags);
    context.stdout.write(withFlags(planText(view), given));
    if (outputMode(flags, context) === "github") {
      const findings = view.findings.map((finding) => withFlagsInHint(finding, given));
      context.stdout.write(findings.map(findingAnnotation).join(""));
    }
    return 0;
  });
}
