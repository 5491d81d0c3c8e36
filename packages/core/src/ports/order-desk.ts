import type { Order, OrderReceipt } from "../model/order.ts";

/** Where a deployment under way takes orders from other processes on its machine. */
export interface OrderDesk {
  /** Takes orders until it is disposed of; each gets the receipt that `receive` resolves with. */
  open(receive: (order: Order) => Promise<OrderReceipt>): Promise<AsyncDisposable>;
}
