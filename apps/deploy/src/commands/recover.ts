import type { CommandCall, WaitFlags } from "../context.ts";
import { runDeployment } from "../deployment.ts";
import { parseDurationFlag } from "../flag-values.ts";

const nothing = {
  code: "no-unfinished-deployment",
  message: "every deployment has an end: there is nothing to do",
} as const;

const recovery = { kind: "recover", tag: "" } as const;

/** `sluice resume`: finishes the attempt that a dead run left. */
export async function resume(call: CommandCall<WaitFlags>): Promise<number> {
  return runDeployment(call, recovery, async (deployer, signal) => {
    const waitMs = parseDurationFlag("--wait", call.flags.wait);
    return (await deployer.resume(signal, { waitMs })) ?? { nothing };
  });
}

export interface AbortFlags extends WaitFlags {
  readonly deployment?: string;
  readonly orFinish?: boolean;
}

/** `sluice abort`: undoes it, or else finishes it where that is asked for; with an id that one alone. */
export async function abort(call: CommandCall<AbortFlags>): Promise<number> {
  const { deployment, orFinish, wait } = call.flags;
  return runDeployment(call, recovery, async (deployer, signal) => {
    const waitMs = parseDurationFlag("--wait", wait);
    const ended = await deployer.abort(signal, { waitMs, deployment, orFinish });
    if (ended) return ended;
    if (deployment === undefined) return { nothing };
    const message = `deployment ${deployment} is not the one that has no end: there is nothing to do`;
    return { nothing: { ...nothing, message } };
  });
}
