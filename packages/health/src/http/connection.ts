import type { Clock, ExecStream } from "@sluice/core";
import { shownText } from "../attempt.ts";
import type { ProbeExec } from "../probe-exec.ts";
import { type Route, socatAddress } from "../route.ts";
import type { Transport } from "./exchange.ts";

export interface DoorCall {
  readonly exec: ProbeExec;
  readonly clock: Clock;
  readonly route: Route;
  /** For the connection; the whole exchange ends with the signal. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Connection extends AsyncDisposable {
  readonly transport: Transport;
  elapsedMs(): number;
  /** What socat said when it ended by itself and not well. */
  complaint(): Promise<string | undefined>;
}

/** A server that keeps its connection open after the answer is given this long to close it. */
const lingerMs = 200;

/** Bytes through socat in the route's container. The clock runs from where it is there, without the engine's time to start it. */
export function connect({ exec, clock, route, timeoutMs, signal }: DoorCall): Connection {
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
