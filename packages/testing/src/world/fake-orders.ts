import type { Order, OrderDesk, OrderReceipt } from "@sluice/core";
import type { FakeContext } from "./context.ts";

export interface FakeOrders {
  desk(context: FakeContext): OrderDesk;
  /** Gives an order to the deployment that takes them now. */
  give(order: Partial<Order> & Pick<Order, "kind">): Promise<OrderReceipt>;
}

/** A desk in memory: orders reach whoever opened it last and has not closed it. */
export function createFakeOrders(): FakeOrders {
  let receive: ((order: Order) => Promise<OrderReceipt>) | null = null;
  return {
    desk: ({ act }) => ({
      open: (receiver) =>
        act("orders.open", undefined, () => {
          receive = receiver;
          return {
            async [Symbol.asyncDispose]() {
              if (receive === receiver) receive = null;
            },
          };
        }),
    }),
    async give(order) {
      if (!receive) return { accepted: false, message: "no deployment takes orders" };
      // Whoever gives an order to a deployer that is killed learns that it did not hold.
      return receive({ actor: "ada", reason: "", ...order }).catch((error: unknown) => ({
        accepted: false,
        message: String(error),
      }));
    },
  };
}
