import { Agent, type IncomingMessage, request } from "node:http";
import { nowMs } from "../clock.ts";
import { type Answer, type Failure, failureOfError, failureOfStatus, type StreamName } from "./answer.ts";
import { type CookieJar, createCookieJar } from "./cookie-jar.ts";

/** One virtual user: cookies and connections of its own. */
export interface Client {
  readonly number: number;
  readonly jar: CookieJar;
  readonly agent: Agent;
}

export const createClient = (number: number, keepAlive: boolean): Client => ({
  number,
  jar: createCookieJar(),
  agent: new Agent({ keepAlive, scheduling: "lifo" }),
});

export interface RequestOptions {
  readonly stream: StreamName;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly dueAt: number;
  readonly timeoutMs: number;
}

type Ending = Pick<Answer, "status" | "version" | "failure" | "orderId">;

/** Sends one request and waits for the end of its answer's body. Never rejects: a failure is part of the answer. */
export function sendRequest(origin: URL, client: Client, options: RequestOptions): Promise<Answer> {
  const { stream, method, path, dueAt, timeoutMs } = options;
  const sentAt = nowMs();
  return new Promise((resolve) => {
    const end = (ending: Ending) => {
      clearTimeout(timer);
      resolve({ stream, client: client.number, method, path, dueAt, sentAt, endedAt: nowMs(), ...ending });
    };
    const cookie = client.jar.header();
    const sent = request(new URL(path, origin), {
      method,
      agent: client.agent,
      headers: {
        ...(cookie === undefined ? {} : { cookie }),
        ...(method === "POST" ? { "content-type": "application/json", "content-length": orderBody.length } : {}),
      },
    });
    const timer = setTimeout(() => {
      sent.destroy(Object.assign(new Error(`no complete answer after ${timeoutMs} ms`), { name: "TimeoutError" }));
    }, timeoutMs);
    let answered: Ending = {};
    const fail = (error: Error) => end({ ...answered, failure: failureOfError(error) });
    sent.on("error", fail);
    sent.on("response", (response) => {
      answered = headOf(response);
      client.jar.keep(response.headers["set-cookie"]);
      readBody(response).then((body) => end({ ...answered, ...judge(method, response, body) }), fail);
    });
    sent.end(method === "POST" ? orderBody : undefined);
  });
}

const orderBody = JSON.stringify({ product: 1, quantity: 1 });

function headOf(response: IncomingMessage): Ending {
  const version = response.headers["x-version"];
  return {
    ...(response.statusCode === undefined ? {} : { status: response.statusCode }),
    ...(typeof version === "string" ? { version } : {}),
  };
}

/** Rejects when the connection ends before the body does. */
async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function judge(method: "GET" | "POST", response: IncomingMessage, body: string): Ending {
  const failure = failureOfStatus(response.statusCode ?? 0, method === "POST" ? 201 : 200);
  if (failure) return { failure };
  return method === "POST" ? acknowledgement(body) : {};
}

function acknowledgement(body: string): { orderId: number } | { failure: Failure } {
  try {
    const { id } = JSON.parse(body) as { id?: unknown };
    if (typeof id === "number") return { orderId: id };
  } catch {
    // Falls through: what cannot be read acknowledges nothing.
  }
  return { failure: { kind: "status", detail: "201 without an id" } };
}
