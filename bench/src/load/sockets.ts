import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { nowMs } from "../clock.ts";
import type { Client } from "./send-request.ts";

/** One WebSocket connection, from its opening to its end. Times are of the monotonic clock, in milliseconds. */
export interface SocketLife {
  readonly client: number;
  readonly version?: string;
  readonly openedAt: number;
  readonly messages: number;
  readonly lastMessageAt: number;
  /** Longest time without a message, from opening to end. */
  readonly silenceMs: number;
  /** Absent: still open when the load stopped. */
  readonly end?: { readonly at: number; readonly code: number; readonly clean: boolean };
}

export interface SocketRecords {
  readonly lives: SocketLife[];
  /** Connection attempts that failed, with their times. */
  readonly refused: { readonly at: number; readonly client: number; readonly detail: string }[];
}

/** No connection is tried again sooner than this, so that a door that is away is not stormed. */
const retryMs = 100;
const handshakeMs = 5_000;

/** Keeps one WebSocket of a client open, opening another as soon as one has ended, until the signal. */
export async function keepSocketOpen(
  url: URL,
  client: Client,
  records: SocketRecords,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const life = await liveOnce(url, client, signal);
    if ("detail" in life) records.refused.push({ client: client.number, ...life });
    else records.lives.push(life);
    await sleep(retryMs, undefined, { signal }).catch(() => {});
  }
}

function liveOnce(url: URL, client: Client, signal: AbortSignal): Promise<SocketLife | { at: number; detail: string }> {
  const cookie = client.jar.header();
  const socket = new WebSocket(url, { handshakeTimeout: handshakeMs, headers: cookie === undefined ? {} : { cookie } });
  return new Promise((resolve) => {
    let open: Omit<SocketLife, "client" | "end"> | undefined;
    let detail = "closed before it was open";
    let stoppedAt: number | undefined;
    const stop = () => {
      stoppedAt = nowMs();
      socket.terminate();
    };
    signal.addEventListener("abort", stop, { once: true });
    socket.on("upgrade", (response) => client.jar.keep(response.headers["set-cookie"]));
    socket.on("open", () => {
      const at = nowMs();
      open ??= { openedAt: at, messages: 0, lastMessageAt: at, silenceMs: 0 };
    });
    socket.on("message", (data: Buffer) => {
      const at = nowMs();
      open ??= { openedAt: at, messages: 0, lastMessageAt: at, silenceMs: 0 };
      open = {
        ...versionIn(data.toString("utf8")),
        openedAt: open.openedAt,
        messages: open.messages + 1,
        lastMessageAt: at,
        silenceMs: Math.max(open.silenceMs, at - open.lastMessageAt),
      };
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      detail = error.code ?? error.message;
    });
    socket.on("close", (code) => {
      signal.removeEventListener("abort", stop);
      const at = stoppedAt ?? nowMs();
      if (!open) return resolve({ at, detail });
      const silenceMs = Math.max(open.silenceMs, at - open.lastMessageAt);
      const end = stoppedAt === undefined ? { end: { at, code, clean: code !== 1006 } } : {};
      resolve({ client: client.number, ...open, silenceMs, ...end });
    });
  });
}

function versionIn(message: string): { version?: string } {
  try {
    const { version } = JSON.parse(message) as { version?: unknown };
    return typeof version === "string" ? { version } : {};
  } catch {
    return {};
  }
}
