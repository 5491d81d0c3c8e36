import {
  type Clock,
  type ContainerExec,
  type ExecStream,
  formatDuration,
  type HttpCheck,
  isSluiceError,
  type ProbeTarget,
} from "@sluice/core";
import { type Attempt, shownText } from "../attempt.ts";
import { exchange, type HttpAnswer, type Transport } from "../http/exchange.ts";
import { httpRoute, type Route, socatAddress } from "../route.ts";

/** Enough of an answer to recognise it by. */
const shownBytes = 300;

export function httpLimit({ expect }: HttpCheck): string {
  const parts = [expect.status.length > 0 ? `status ${expect.status.join(" or ")}` : "status 200 to 399"];
  if (expect.body !== undefined) parts.push(`body with ${JSON.stringify(expect.body)}`);
  for (const [name, value] of Object.entries(expect.headers))
    parts.push(value ? `${name}: ${value}` : `a header ${name}`);
  if (expect.maxMs !== undefined) parts.push(`within ${formatDuration(expect.maxMs)}`);
  return parts.join(", ");
}

/** One request from inside a door's container through its own port: the way that users take. */
export async function attemptHttp(
  exec: ContainerExec,
  clock: Clock,
  check: HttpCheck,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const route = httpRoute(check.service, target);
  if (!route) {
    const detail = `service ${check.service} has no HTTP door, and no address and port of it are known`;
    return { result: "inconclusive", value: "no way there", detail };
  }
  const call: Call = { exec, clock, check, route, signal };
  const { path, method, body, headers } = check;
  // Given headers first: none of them may take the place of ours.
  const all = { host: "localhost", "user-agent": "sluice", ...lowerCased(headers), ...route.headers };
  await using connection = connect(call);
  try {
    const answer = await exchange({ method, path, headers: all, body }, connection.transport);
    return judgeAnswer(check, answer, connection.elapsedMs());
  } catch (error) {
    if (signal.aborted || isSluiceError(error)) throw error;
    return await failedExchange(error, connection);
  }
}

interface Call {
  readonly exec: ContainerExec;
  readonly clock: Clock;
  readonly check: HttpCheck;
  readonly route: Route;
  readonly signal: AbortSignal;
}

interface Connection extends AsyncDisposable {
  readonly transport: Transport;
  elapsedMs(): number;
  /** What socat said when it ended by itself and not well. */
  complaint(): Promise<string | undefined>;
}

/** A server that keeps its connection open after the answer is given this long to close it. */
const lingerMs = 200;

/** Bytes through socat in the route's container. The clock runs from its start, without the engine's time to start it. */
function connect({ exec, clock, check, route, signal }: Call): Connection {
  const seconds = Math.max(1, Math.ceil(check.timeoutMs / 1_000));
  // Not half-closed after the request: servers may take that for a client that went away.
  const address = `${socatAddress(route)},connect-timeout=${seconds},shut-none`;
  const stop = new AbortController();
  const ended = new AbortController();
  let started = clock.monotonicMs();
  let process: ExecStream | undefined;
  return {
    async *transport(bytes) {
      const options = { stdin: bytes, signal: AbortSignal.any([signal, stop.signal]) };
      try {
        process = await exec.stream(route.container, ["socat", `-t${seconds}`, "-", address], options);
        process.done.catch(() => undefined);
        started = clock.monotonicMs();
        yield* process.stdout;
      } finally {
        ended.abort();
      }
    },
    elapsedMs: () => clock.monotonicMs() - started,
    async complaint() {
      const end = await process?.done.catch(() => undefined);
      return end && end.exitCode !== 0 ? shownText(end.stderr) : undefined;
    },
    async [Symbol.asyncDispose]() {
      const isLeft = process && !ended.signal.aborted && !signal.aborted;
      if (isLeft) await clock.sleep(lingerMs, ended.signal).catch(() => undefined);
      stop.abort();
    },
  };
}

async function failedExchange(error: unknown, connection: Connection): Promise<Attempt> {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code?.startsWith("ERR_")) return { result: "inconclusive", value: "cannot be sent", detail: message };
  if (code !== "ECONNRESET") return { result: "fail", value: "no HTTP answer", detail: message };
  const complaint = await connection.complaint();
  return complaint
    ? { result: "fail", value: "no connection", detail: complaint }
    : { result: "fail", value: "no answer" };
}

function judgeAnswer({ expect }: HttpCheck, answer: HttpAnswer, elapsedMs: number): Attempt {
  const { status, body, headers, complete } = answer;
  const fail = (value: string): Attempt => ({ result: "fail", value, detail: shown(answer) });
  const isExpected = expect.status.length > 0 ? expect.status.includes(status) : status >= 200 && status < 400;
  if (!isExpected) return fail(`status ${status}`);
  if (!complete) return fail(`status ${status}, answer cut off`);
  if (expect.body !== undefined && !body.includes(expect.body)) return fail(`status ${status}, another body`);
  for (const [name, wanted] of Object.entries(expect.headers)) {
    const got = headers[name.toLowerCase()];
    if (got === undefined) return fail(`status ${status}, no header ${name}`);
    if (wanted && String(got) !== wanted) return fail(`${name}: ${String(got)}`);
  }
  const took = `${Math.round(elapsedMs)} ms`;
  if (expect.maxMs !== undefined && elapsedMs > expect.maxMs) return fail(`status ${status} after ${took}`);
  return { result: "pass", value: `status ${status} in ${took}` };
}

function shown({ status, body }: HttpAnswer): string {
  return `status ${status}, body ${JSON.stringify(Buffer.from(body).subarray(0, shownBytes).toString("utf8"))}`;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = new Set(["x-sluice-preview", "x-sluice-slot", "connection"]);
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(named.filter(([name]) => !own.has(name)));
}
