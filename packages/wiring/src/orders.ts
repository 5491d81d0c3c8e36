import { isSluiceError, type Order, type OrderReceipt, SluiceError } from "@sluice/core";
import { followEvents, sendOrder } from "@sluice/journal";
import type { OrderCall } from "./deployer.ts";
import type { Session } from "./session.ts";

/**
 * Gives an order to the deployment that runs in another process; to abort, also to a backup, its proof or a rehearsal.
 *
 * @throws SluiceError NOTHING_UNDER_WAY, ORDER_REFUSED with what the deployment says
 */
export async function giveOrder(
  session: Session,
  kind: Order["kind"],
  { reason }: OrderCall,
  signal?: AbortSignal,
): Promise<OrderReceipt> {
  const order = { kind, actor: session.options.actor, reason: reason ?? "" };
  const receipt = await sendOrder(await session.home(), order, { signal });
  if (receipt.accepted) return receipt;
  throw new SluiceError("ORDER_REFUSED", `the order to ${kind} was not taken: ${receipt.message}`, {
    hint: "sluice status shows what it does",
  });
}

/** Yields whenever the deployment that runs tells something; ends with it, and at once where none runs. */
export async function* deploymentNews(session: Session, signal?: AbortSignal): AsyncGenerator<void> {
  try {
    for await (const _line of followEvents(await session.home(), signal)) yield;
  } catch (error) {
    if (!(isSluiceError(error) && error.code === "NOTHING_UNDER_WAY")) throw error;
  }
}
