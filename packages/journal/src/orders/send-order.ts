import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { type Order, type OrderReceipt, SluiceError } from "@sluice/core";
import type { StateHome } from "../home/state-home.ts";
import { parseReceipt } from "./order-messages.ts";
import { atOrderSocket } from "./order-socket.ts";

export interface SendOptions {
  /** How long the deployment may take to answer, milliseconds; default 10 s. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives an order to the deployment that runs under a state home, and resolves with its receipt.
 *
 * @throws SluiceError NOTHING_UNDER_WAY where none runs, ORDER_REFUSED where it ended before it answered
 */
export async function sendOrder(
  home: Pick<StateHome, "path">,
  order: Order,
  { timeoutMs = 10_000, signal }: SendOptions = {},
): Promise<OrderReceipt> {
  const socket = await connect(home, signal);
  socket.setTimeout(timeoutMs, () => socket.destroy());
  socket.write(`${JSON.stringify(order)}\n`);
  for await (const line of linesOf(socket)) {
    const receipt = parseReceipt(line);
    if (receipt) return receipt;
  }
  signal?.throwIfAborted();
  throw new SluiceError("ORDER_REFUSED", `the deployment did not answer to ${order.kind}`, {
    hint: "sluice status shows whether it goes on",
  });
}

/**
 * The events of the deployment that runs, as lines of JSON, until it ends.
 *
 * @throws SluiceError NOTHING_UNDER_WAY where none runs
 */
export async function* followEvents(home: Pick<StateHome, "path">, signal?: AbortSignal): AsyncGenerator<string> {
  const socket = await connect(home, signal);
  socket.write('{"follow":true}\n');
  yield* linesOf(socket);
}

async function connect({ path }: Pick<StateHome, "path">, signal?: AbortSignal): Promise<Socket> {
  signal?.throwIfAborted();
  try {
    return await atOrderSocket(path, async (socketPath) => {
      const socket = createConnection(socketPath);
      await once(socket, "connect");
      signal?.addEventListener("abort", () => socket.destroy(), { once: true });
      return socket;
    });
  } catch (cause) {
    throw new SluiceError("NOTHING_UNDER_WAY", "no deployment runs that could take the order", {
      hint: "sluice status shows what there is; one that died is finished by sluice resume or undone by sluice abort",
      cause,
    });
  }
}

async function* linesOf(socket: Socket): AsyncGenerator<string> {
  let text = "";
  socket.setEncoding("utf8");
  try {
    for await (const chunk of socket) {
      const lines = (text + String(chunk)).split("\n");
      text = lines.pop() ?? "";
      yield* lines;
    }
  } catch (error) {
    // The other side, or this one, has ended it: there are no more lines.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  } finally {
    socket.destroy();
  }
}
