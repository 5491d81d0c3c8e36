import { Agent, request } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

export interface Ledger {
  /** Ids of the orders that the shop has taken, as each customer was told. */
  readonly acknowledged: readonly number[];
  /** What was not answered by an id. Such an order may be in the database or not. */
  readonly failures: readonly { readonly at: string; readonly what: string }[];
}

export interface Customers {
  /** Ends the ordering, and tells what customers were promised. */
  stop(): Promise<Ledger>;
}

const customers = 2;
const pauseMs = 20;
const timeoutMs = 15_000;

/** Customers who order in the shop, one that keeps its connection and one that comes anew. Each order is sent once. */
export function startOrders(url: string): Customers {
  const stopping = new AbortController();
  const acknowledged: number[] = [];
  const failures: { at: string; what: string }[] = [];
  const customer = async (keepAlive: boolean) => {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (!stopping.signal.aborted) {
      try {
        acknowledged.push(await order(url, agent));
      } catch (error) {
        failures.push({ at: new Date().toISOString(), what: (error as NodeJS.ErrnoException).code ?? String(error) });
      }
      await sleep(pauseMs);
    }
    agent.destroy();
  };
  const running = Array.from({ length: customers }, (_, index) => customer(index % 2 === 0));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
      return { acknowledged, failures };
    },
  };
}

/** Resolves with the id of the order that was taken. */
function order(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, method: "POST", timeout: timeoutMs }, (response) => {
      json(response).then((answer) => {
        const { id } = answer as { id?: unknown };
        if (response.statusCode === 201 && typeof id === "number") resolve(id);
        else reject(new Error(`HTTP ${response.statusCode}: ${JSON.stringify(answer)}`));
      }, reject);
    });
    call.once("timeout", () => call.destroy(new Error("timeout")));
    call.once("error", reject);
    call.end('{"product":1,"quantity":1}');
  });
}
