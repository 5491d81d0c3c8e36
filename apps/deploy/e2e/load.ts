import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface LoadReport {
  readonly total: number;
  /** Requests that were not answered, or with a 5xx: `503`, `ECONNRESET`, …, with the moment of each. */
  readonly failures: readonly { readonly at: string; readonly what: string }[];
  /** Answers by version. */
  readonly versions: Readonly<Record<string, number>>;
  /** By version: when the last request that it answered was sent, milliseconds since 1970. */
  readonly lastSentAt: Readonly<Record<string, number>>;
  /** The longest time without a good answer, milliseconds; the time until the end counts too. */
  readonly longestGapMs: number;
}

export interface Load {
  /** Ends the load and tells what users saw. */
  stop(): Promise<LoadReport>;
}

const clients = 4;
const pauseMs = 20;
const timeoutMs = 15_000;

/**
 * Users: some keep their connections, some come anew each time; each request is one without a cookie.
 *
 * @param host what they ask for, where it is not the host of the address
 */
export function startLoad(url: string, host?: string): Load {
  const stopping = new AbortController();
  const failures: { at: string; what: string }[] = [];
  const versions: Record<string, number> = {};
  const lastSentAt: Record<string, number> = {};
  let total = 0;
  let lastGoodMs = performance.now();
  let longestGapMs = 0;
  const client = async (keepAlive: boolean) => {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (!stopping.signal.aborted) {
      total++;
      const sentAt = Date.now();
      try {
        const { status, version } = await ask(url, agent, host);
        lastSentAt[version] = Math.max(lastSentAt[version] ?? 0, sentAt);
        if (status >= 500) failures.push({ at: new Date().toISOString(), what: String(status) });
        else {
          versions[version] = (versions[version] ?? 0) + 1;
          longestGapMs = Math.max(longestGapMs, performance.now() - lastGoodMs);
          lastGoodMs = performance.now();
        }
      } catch (error) {
        failures.push({ at: new Date().toISOString(), what: (error as NodeJS.ErrnoException).code ?? String(error) });
      }
      await sleep(pauseMs);
    }
    agent.destroy();
  };
  const running = Array.from({ length: clients }, (_, index) => client(index % 2 === 0));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
      longestGapMs = Math.max(longestGapMs, performance.now() - lastGoodMs);
      return { total, failures, versions, lastSentAt, longestGapMs };
    },
  };
}

/**
 * Versions that answer a number of new users, one after the other.
 *
 * @param host what they ask for, where it is not the host of the address
 */
export async function versionsSeen(url: string, count = 40, host?: string): Promise<readonly string[]> {
  const agent = new Agent({ keepAlive: false });
  const seen = new Set<string>();
  for (let index = 0; index < count; index++) {
    const { status, version } = await ask(url, agent, host);
    seen.add(status < 500 ? version : `HTTP ${status}`);
  }
  return [...seen].sort();
}

function ask(
  url: string,
  agent: Agent,
  host: string | undefined,
): Promise<{ readonly status: number; readonly version: string }> {
  const headers = host === undefined ? {} : { host };
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, headers, timeout: timeoutMs }, (response) => {
      response.resume();
      response.once("error", reject);
      response.once("end", () => {
        if (!response.complete) reject(new Error("answer cut short"));
        const version = response.headers["x-version"];
        resolve({ status: response.statusCode ?? 0, version: typeof version === "string" ? version : "" });
      });
    });
    call.once("timeout", () => call.destroy(new Error("timeout")));
    call.once("error", reject);
    call.end();
  });
}
