import type { RollbackCall } from "@sluice/wiring";
import type { ChangeFlags, CommandCall } from "../context.ts";
import { runDeployment } from "../deployment.ts";
import { parseDurationFlag } from "../flag-values.ts";
import { confirmPlan } from "./deploy.ts";

export interface RollbackFlags extends ChangeFlags {
  readonly acceptIncompatible?: boolean;
  readonly acceptNotUndone?: boolean;
}

/** `sluice rollback [TAG]`: back to the release before, or to any that is stored; what was cut short on the way is undone. */
export async function rollback(call: CommandCall<RollbackFlags>): Promise<number> {
  const { flags, args, context } = call;
  return runDeployment(call, { kind: "rollback", tag: args[0] ?? "" }, async (deployer, signal) => {
    const waitMs = parseDurationFlag("--wait", flags.wait);
    const { reason, acceptIncompatible, acceptNotUndone } = flags;
    const asked: RollbackCall = { to: args[0], reason, waitMs, acceptIncompatible, acceptNotUndone };
    const shown = await confirmPlan(call, () => deployer.planRollback(asked, context.signal));
    // Others may have gone back by now: what is before the one that serves is another release then.
    return deployer.rollback({ ...asked, to: asked.to ?? shown?.release ?? undefined }, signal);
  });
}
