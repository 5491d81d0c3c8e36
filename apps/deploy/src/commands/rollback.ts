import type { RollbackCall } from "@sluice/wiring";
import type { ChangeFlags, CommandCall } from "../context.ts";
import { runDeployment } from "../deployment.ts";
import { parseDurationFlag } from "../flag-values.ts";
import { confirmPlan } from "./deploy.ts";

/** `sluice rollback [TAG]`: back to the release before, or to any that is stored. */
export async function rollback(call: CommandCall<ChangeFlags>): Promise<number> {
  const { flags, args, context } = call;
  return runDeployment(call, args[0] ?? "", async (deployer, signal) => {
    const waitMs = parseDurationFlag("--wait", flags.wait);
    const asked: RollbackCall = { to: args[0], reason: flags.reason, waitMs };
    await confirmPlan(call, () => deployer.planRollback(asked, context.signal));
    return deployer.rollback(asked, signal);
  });
}
