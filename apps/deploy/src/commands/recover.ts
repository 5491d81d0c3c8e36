import type { CommandCall } from "../context.ts";
import { runDeployment } from "../deployment.ts";

const nothing = { code: "no-unfinished-deployment", message: "every deployment has an end: there is nothing to do" };

const recovery = { kind: "recover", tag: "" } as const;

/** `sluice resume`: finishes the attempt that a dead run left. */
export async function resume(call: CommandCall): Promise<number> {
  return runDeployment(call, recovery, async (deployer, signal) => (await deployer.resume(signal)) ?? { nothing });
}

/** `sluice abort`: undoes it. The attempt ends as interrupted; whoever asked for that got what was asked for. */
export async function abort(call: CommandCall): Promise<number> {
  return runDeployment(call, recovery, async (deployer, signal) => {
    const undone = await deployer.abort(signal);
    if (undone?.outcome === "interrupted" && !signal.aborted) return { ...undone, exitCode: 0 };
    return undone ?? { nothing };
  });
}
