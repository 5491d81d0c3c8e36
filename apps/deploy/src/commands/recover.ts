import type { CommandCall, DeploymentResult, WaitFlags } from "../context.ts";
import { type Ran, runDeployment } from "../deployment.ts";
import { parseDurationFlag } from "../flag-values.ts";

const nothing = { code: "no-unfinished-deployment", message: "every deployment has an end: there is nothing to do" };

const recovery = { kind: "recover", tag: "" } as const;

/** `sluice resume`: finishes the attempt that a dead run left. */
export async function resume(call: CommandCall<WaitFlags>): Promise<number> {
  return runDeployment(call, recovery, async (deployer, signal) => {
    const waitMs = parseDurationFlag("--wait", call.flags.wait);
    return (await deployer.resume(signal, { waitMs })) ?? { nothing };
  });
}

/** `sluice abort`: undoes it. */
export async function abort(call: CommandCall<WaitFlags>): Promise<number> {
  return runDeployment(call, recovery, async (deployer, signal) => {
    const waitMs = parseDurationFlag("--wait", call.flags.wait);
    const undone = await deployer.abort(signal, { waitMs });
    return undone ? asAsked(undone, signal) : { nothing };
  });
}

/** An attempt that is undone ends as interrupted; whoever asked for that got what was asked for. */
export function asAsked(undone: DeploymentResult, signal: AbortSignal): Ran {
  return undone.outcome === "interrupted" && !signal.aborted ? { ...undone, exitCode: 0 } : undone;
}
