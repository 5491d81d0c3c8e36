import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The application's own word for where it runs; `undefined` when the door itself answered. */
  readonly slot: string | undefined;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly agent?: Agent;
  readonly body?: string;
}

export function ask(
  port: number,
  path = "/",
  { method = "GET", headers = {}, agent, body }: Ask = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const to = { host: "127.0.0.1", port, path, method, headers, agent: agent ?? false, maxHeaderSize: 262_144 };
    const outgoing = request(to, (incoming) => {
      let text = "";
      incoming.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      incoming.on("error", reject);
      incoming.on("end", () => {
        const slot = incoming.headers["x-slot"];
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: text,
          slot: typeof slot === "string" ? slot : undefined,
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

export function cookieOf(answer: Answer): string {
  const found = answer.headers["set-cookie"]?.find((cookie) => cookie.startsWith("sluice="));
  return found?.split(";")[0] ?? "";
}

/** A user: keeps cookies and a connection, and remembers by whom it was served. */
export interface User {
  readonly served: string[];
  visit(path?: string): Promise<Answer>;
  leave(): void;
}

export function createUser(port: number): User {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let cookie = "";
  const served: string[] = [];
  return {
    served,
    async visit(path = "/") {
      const answer = await ask(port, path, { agent, headers: cookie ? { cookie } : {} });
      cookie = cookieOf(answer) || cookie;
      served.push(answer.slot ?? String(answer.status));
      return answer;
    },
    leave: () => agent.destroy(),
  };
}

/** How often the slot that serves changed. */
export function flips(served: readonly string[]): number {
  return served.filter((slot, index) => index > 0 && slot !== served[index - 1]).length;
}

export interface LoadResult {
  readonly asked: number;
  readonly lost: readonly string[];
  /** When each lost request was asked, in milliseconds of `performance.now()`. */
  readonly lostAt: readonly number[];
  readonly by: Readonly<Record<string, number>>;
}

/** Asks `rate` times a second until it is stopped, without waiting for answers. */
export function startLoad(port: number, rate: number, options: { path?: string; ask?: () => Ask } = {}) {
  const pending = new Set<Promise<void>>();
  const lost: string[] = [];
  const lostAt: number[] = [];
  const by: Record<string, number> = {};
  let asked = 0;
  const one = async () => {
    asked += 1;
    const askedAt = performance.now();
    const lose = (why: string) => {
      lost.push(why);
      lostAt.push(askedAt);
    };
    try {
      const { status, slot } = await ask(port, options.path, options.ask?.());
      if (status >= 500) lose(String(status));
      by[slot ?? status] = (by[slot ?? status] ?? 0) + 1;
    } catch (error) {
      lose(String(error));
    }
  };
  const timer = setInterval(() => {
    const running = one().finally(() => pending.delete(running));
    pending.add(running);
  }, 1000 / rate);
  return {
    async stop(): Promise<LoadResult> {
      clearInterval(timer);
      await Promise.all(pending);
      return { asked, lost, lostAt, by };
    },
  };
}

/** Users who keep their connection open and post now and then: what an idle connection that is closed would lose. */
export function startVisits(port: () => number, users: number) {
  let isOver = false;
  let asked = 0;
  const lost: string[] = [];
  const done = Array.from({ length: users }, async (_, user) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!isOver) {
      asked += 1;
      await ask(port(), "/", { agent, method: "POST" }).catch((error: unknown) => lost.push(String(error)));
      await sleep(20 + 2 * user);
    }
    agent.destroy();
  });
  return {
    async stop(): Promise<{ readonly asked: number; readonly lost: readonly string[] }> {
      isOver = true;
      await Promise.all(done);
      return { asked, lost };
    },
  };
}
