import type { ClientRequest, RequestOptions } from "node:http";
import type { HttpAnswer, HttpRequest } from "../channels/answer.ts";

/** More of an answer is not read. */
const mostAnswerBytes = 4_096;

export type Posted =
  | { readonly answer: HttpAnswer }
  /** No whole answer came. `sent` tells whether anything can have arrived. */
  | { readonly failure: string; readonly sent: boolean };

/**
 * Posts a body and reads the answer. Redirects are answers, not followed: an address is a secret, and may be asked for at
 * its own host only. Never throws, and never names the address.
 *
 * Node's own client, as `fetch` does not tell whether a request had left when it failed; a message that may have arrived
 * must not be sent again.
 */
export function post({ url, headers, body }: HttpRequest, signal: AbortSignal): Promise<Posted> {
  const address = new URL(url);
  const isSecure = address.protocol === "https:";
  const options: RequestOptions = {
    method: "POST",
    // By the process's own agent, which knows of its proxies. Nothing is left open afterwards.
    headers: { ...headers, "content-length": Buffer.byteLength(body), "user-agent": "sluice", connection: "close" },
    signal,
  };
  return new Promise((resolve) => {
    let isConnected = false;
    // An ES import of node:http reads all its getters, which loads undici: 20 ms for every command.
    const { request } = process.getBuiltinModule(isSecure ? "node:https" : "node:http");
    const call: ClientRequest = request(address, options);
    const fail = (error: unknown) => resolve({ failure: describeFailure(error, signal), sent: isConnected });
    // Until a proxy leads there Node has no socket, and says nothing of a request that is ended. What comes later is not written to.
    const leave = () => fail(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    call.on("socket", (socket) => {
      signal.removeEventListener("abort", leave);
      // Through a proxy's tunnel: the handshake is done already.
      isConnected = !socket.connecting;
      socket.once(isSecure ? "secureConnect" : "connect", () => {
        isConnected = true;
      });
    });
    call.on("error", fail);
    call.on("response", (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const end = () => {
        const { statusCode: status = 0, headers: answered } = response;
        const text = Buffer.concat(chunks).toString("utf8").slice(0, mostAnswerBytes);
        resolve({ answer: { status, retryAfter: answered["retry-after"], body: text } });
      };
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size < mostAnswerBytes) return;
        end();
        response.destroy();
      });
      response.on("end", end);
      response.on("error", fail);
    });
    call.end(body);
  });
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refuses connections",
  ECONNRESET: "cuts the connection",
  ENOTFOUND: "has no address",
  EAI_AGAIN: "has no address for now",
  EHOSTUNREACH: "cannot be reached",
  ENETUNREACH: "cannot be reached",
  ETIMEDOUT: "cannot be reached in time",
  ERR_PROXY_TUNNEL: "is not reached through the proxy",
};

/** Codes only: messages of these errors may hold the address. */
function describeFailure(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return "no answer in time";
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "unknown error";
  return words[code] ?? `fails (${code})`;
}
