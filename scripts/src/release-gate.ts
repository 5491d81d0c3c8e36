// Whether a release may be deployed now: asked before a person has to wait for a refusal.
// `node --conditions=sluice-source /opt/sluice/scripts/src/release-gate.ts`, in the checkout of the release; /opt/sluice is the checkout
// of Sluice. Exit code 0: yes; 10: no, and why.
import type { DoctorReport } from "@sluice/core";
import { createDeployer, markdownText, type PlanView, resolveRelease, type WindowView } from "@sluice/wiring";
import { deployerOptions, runProgram, type Workflow } from "./workflow.ts";

const refusedExitCode = 10;

export interface GateFacts {
  readonly window: Pick<WindowView, "open" | "reason" | "nextOpening">;
  readonly doctor: Pick<DoctorReport, "diagnoses">;
  readonly plan: Pick<PlanView, "findings" | "plan">;
}

/** What keeps the release from being deployed now; empty when nothing does. */
export function gateReasons({ window, doctor, plan }: GateFacts): readonly string[] {
  const closed = window.open
    ? []
    : [`deployments may not begin: ${window.reason} (next: ${window.nextOpening ?? "none"})`];
  const ill = doctor.diagnoses
    .filter(({ severity }) => severity === "error")
    .map(({ what, mend }) => `${what}: ${mend}`);
  // The plan says the windows too.
  const refused = plan.findings
    .filter(({ severity, code }) => severity === "error" && code !== "window-closed")
    .map(({ message }) => message);
  return [...new Set([...closed, ...ill, ...refused])];
}

export async function releaseGate(workflow: Workflow): Promise<number> {
  const { env, directory, signal, say } = workflow;
  await using deployer = createDeployer(deployerOptions(workflow));
  const { config } = await deployer.inspect(signal);
  const asked = await resolveRelease({ env, directory, allowPrerelease: config.releases.allowPrerelease, signal });
  if ("ignored" in asked) {
    say(asked.ignored);
    await workflow.output("open", "false");
    return 0;
  }
  const [window, doctor, plan] = await Promise.all([
    deployer.window(),
    deployer.doctor(signal),
    deployer.plan(asked, signal),
  ]);
  const reasons = gateReasons({ window, doctor, plan });
  for (const reason of reasons) say(reason);
  await workflow.output("open", String(reasons.length === 0));
  await workflow.output("steps", String(plan.plan.steps.length));
  const { tag } = asked.release;
  const verdict = reasons.length === 0 ? `${tag} may be deployed` : `${tag} may not be deployed`;
  await workflow.summarize(`**${verdict}**\n\n${reasons.map((reason) => `- ${markdownText(reason)}`).join("\n")}`);
  return reasons.length === 0 ? 0 : refusedExitCode;
}

if (process.argv[1] === import.meta.filename) await runProgram(releaseGate);
