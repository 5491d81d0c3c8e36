import { isAbortOf, type OrderDesk, SluiceError } from "@sluice/core";

/** What may end at any moment: the database stays as it was, and what was made beside it goes. */
const mayEnd: ReadonlySet<string> = new Set(["backup", "verify", "rehearse"]);

/**
 * Takes `sluice traffic abort` while work on the database runs that may end at any moment: whoever has to lead users back does not
 * wait for a backup. That no order can be taken stops nothing. The caller holds the lock.
 *
 * @param what of the database: `backup`, `verify`, `rehearse`; anything else takes no order
 * @throws SluiceError ABORTED by the order; what `run` rejects with
 */
export async function untilAborted<T>(
  orders: OrderDesk,
  what: string,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (!mayEnd.has(what)) return run(signal);
  const order = new AbortController();
  await using _desk = await openFor(orders, what, order);
  try {
    return await run(AbortSignal.any([signal, order.signal]));
  } catch (error) {
    throw isAbortOf(error, order.signal) ? order.signal.reason : error;
  }
}

function openFor(orders: OrderDesk, what: string, order: AbortController): Promise<AsyncDisposable | null> {
  const opened = orders.open(async ({ kind, actor, reason }) => {
    if (kind !== "abort") return { accepted: false, message: `database ${what} takes no order but abort` };
    const message = `database ${what} was aborted by ${actor}${reason ? `: ${reason}` : ""}`;
    order.abort(new SluiceError("ABORTED", message, { hint: `sluice db ${what} when it is wanted after all` }));
    return { accepted: true, message: `database ${what} ends, and gives the lock back` };
  });
  return opened.catch(() => null);
}
