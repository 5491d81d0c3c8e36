import { type Clock, type ExecStream, isSluiceError } from "@sluice/core";
import { type Attempt, shownText } from "../attempt.ts";
import { EngineLate, type ProbeExec } from "../probe-exec.ts";
import { type Route, socatAddress } from "../route.ts";
import { exchange, type HttpAnswer, type HttpRequest, type Transport, unsendable } from "./exchange.ts";
import { requestHeaders } from "./request-headers.ts";

export interface DoorCall {
  readonly exec: ProbeExec;
  readonly clock: Clock;
  readonly route: Route;
  /** For the connection; the whole exchange ends with the signal. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

type Exchanged =
  | { readonly answer: HttpAnswer; readonly elapsedMs: number; readonly failure?: undefined }
  | { readonly failure: Attempt; readonly answer?: undefined; readonly elapsedMs?: undefined };

/** One request from inside a door's container. @throws the signal's reason, and SluiceError or EngineLate where nothing can be run there */
export async function exchangeThrough(call: DoorCall, request: HttpRequest): Promise<Exchanged> {
  const { method, path, body } = request;
  const headers = requestHeaders(request.headers, call.route.headers);
  await using connection = connect(call);
  try {
    const answer = await exchange({ method, path, headers, body }, connection.transport);
    return { answer, elapsedMs: connection.elapsedMs() };
  } catch (error) {
    if (call.signal.aborted || isSluiceError(error) || error instanceof EngineLate) throw error;
    return { failure: await failedExchange(error, connection) };
  }
}

interface Connection extends AsyncDisposable {
  readonly transport: Transport;
  elapsedMs(): number;
  /** What socat said when it ended by itself and not well. */
  complaint(): Promise<string | undefined>;
}

/** A server that keeps its connection open after the answer is given this long to close it. */
const lingerMs = 200;

/** Bytes through socat in the route's container. The clock runs from where it is there, without the engine's time to start it. */
function connect({ exec, clock, route, timeoutMs, signal }: DoorCall): Connection {
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1_000));
  // Not half-closed after the request: servers may take that for a client that went away.
  const address = `${socatAddress(route)},connect-timeout=${seconds},shut-none`;
  const stop = new AbortController();
  const ended = new AbortController();
  let started = clock.monotonicMs();
  let process: ExecStream | undefined;
  return {
    async *transport(bytes) {
      const stdin = Buffer.concat([Buffer.from(route.preamble ?? ""), bytes]);
      const options = { stdin, signal: AbortSignal.any([signal, stop.signal]) };
      try {
        process = await exec.start(route.container, ["socat", `-t${seconds}`, "-", address], options);
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
  const why = unsendable(error);
  if (why !== undefined) return { result: "inconclusive", value: "cannot be sent", detail: why };
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ECONNRESET") return { result: "fail", value: "no HTTP answer", detail: message };
  const complaint = await connection.complaint();
  return complaint
    ? { result: "fail", value: "no connection", detail: complaint }
    : { result: "fail", value: "no answer" };
}
