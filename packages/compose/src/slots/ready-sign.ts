import { connect } from "node:net";
import type { Clock } from "@sluice/core";
import type { Bell } from "./bell.ts";

/** Where a container can be asked whether it is ready, at the price of a connection. */
export interface SignSource {
  /** In the slot's network. */
  readonly address: string;
  readonly port: number;
  /** Answers 2xx or 3xx over HTTP once it is ready; without one an open port is the sign. */
  readonly path?: string | undefined;
}

/**
 * `unknown` as long as nothing can be concluded: this machine may not reach the container (a remote engine, a virtual
 * machine), and an answer such as 401 says nothing.
 */
export type Sign = "unknown" | "not-yet" | "given";

const pauseMs = 50;
const slowAfterMs = 5_000;
const slowPauseMs = 250;
const answerMs = 1_000;

/**
 * Watches for the sign that a container is ready, and rings when it is given. A health check may start a whole runtime each
 * time, and is best run when it will pass. Ends with the sign, or the signal.
 */
export function watchSign(
  clock: Clock,
  source: SignSource,
  bell: Bell,
  signal: AbortSignal,
  ask: (source: SignSource) => Promise<Sign> = askOnce,
): { readonly sign: () => Sign } {
  let sign: Sign = "unknown";
  const watch = async () => {
    const begin = clock.monotonicMs();
    while (!signal.aborted) {
      sign = await ask(source);
      if (sign === "given") return bell.ring();
      await clock.sleep(clock.monotonicMs() - begin < slowAfterMs ? pauseMs : slowPauseMs, signal);
    }
  };
  watch().catch(() => undefined);
  return { sign: () => sign };
}

async function askOnce({ address, port, path }: SignSource): Promise<Sign> {
  return path === undefined ? askPort(address, port) : askPath(address, port, path);
}

function askPort(host: string, port: number): Promise<Sign> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerMs });
    const end = (sign: Sign) => {
      socket.destroy();
      resolve(sign);
    };
    socket.once("connect", () => end("given"));
    socket.once("error", (error) => end(ofError(error)));
    socket.once("timeout", () => end("unknown"));
  });
}

function askPath(host: string, port: number, path: string): Promise<Sign> {
  return new Promise((resolve) => {
    // An ES import of node:http reads all its getters, which loads undici: 20 ms for every command.
    const { get } = process.getBuiltinModule("node:http");
    const request = get({ host, port, path, timeout: answerMs, agent: false }, ({ statusCode = 0 }) => {
      request.destroy();
      if (statusCode >= 500) resolve("not-yet");
      else resolve(statusCode >= 200 && statusCode < 400 ? "given" : "unknown");
    });
    request.once("error", (error) => resolve(ofError(error)));
    request.once("timeout", () => {
      request.destroy();
      resolve("unknown");
    });
  });
}

/** Nobody listens there yet: that is a word of the container itself. */
function ofError(error: NodeJS.ErrnoException): Sign {
  return error.code === "ECONNREFUSED" || error.code === "ECONNRESET" ? "not-yet" : "unknown";
}
