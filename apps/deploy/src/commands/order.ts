import type { CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { withDeployer } from "../with-deployer.ts";

type OrderKind = "approve" | "pause" | "resume" | "abort";
type Order = (call: CommandCall<{ readonly reason?: string }>) => Promise<number>;

/** `sluice traffic approve` and the like: tells the deployment that runs, and says what it answers. */
export const orders: Readonly<Record<OrderKind, Order>> = {
  approve: orderOf("approve"),
  pause: orderOf("pause"),
  resume: orderOf("resume"),
  abort: orderOf("abort"),
};

function orderOf(kind: OrderKind): Order {
  return (call) => {
    const { context, flags } = call;
    return withDeployer(call, async (deployer) => {
      const { message } = await deployer.order(kind, { reason: flags.reason }, context.signal);
      if (flags.json) writeJson(context, { order: kind, message });
      else context.stdout.write(`${message}\n`);
      return 0;
    });
  };
}
