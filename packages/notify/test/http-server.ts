import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
}

export type Answer = (response: ServerResponse, request: Received) => void;

/** A server on a free local port whose requests get the given answers in turn, the last one again and again. */
export function httpServer(...answers: readonly Answer[]): Promise<TestServer> {
  return serve("http", createServer, answers);
}

/** The same with HTTPS. */
export function httpsServer(
  certificate: { readonly cert: string; readonly key: string },
  ...answers: readonly Answer[]
): Promise<TestServer> {
  return serve("https", (listener) => createSecureServer(certificate, listener), answers);
}

async function serve(
  scheme: string,
  create: (listener: RequestListener) => Server,
  answers: readonly Answer[],
): Promise<TestServer> {
  const received: Received[] = [];
  const server = create((request, response) => {
    const { url: path = "", headers } = request;
    void text(request).then((body) => {
      const got = { path, headers, body };
      const answer = answers[Math.min(received.length, answers.length - 1)];
      received.push(got);
      answer?.(response, got);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const says =
  (status: number, body = "", headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);

/** Takes the request and says nothing. */
export const silent: Answer = () => {};
/** Cuts the connection instead of an answer. */
export const cut: Answer = (response) => response.destroy();
/** Begins an answer and cuts the connection within it. */
export const cutAnswer: Answer = (response) => {
  response.writeHead(200, { "content-length": "100" });
  response.write("half");
  setTimeout(() => response.destroy(), 20);
};
/** An answer that comes byte by byte, for ever. */
export const trickle: Answer = (response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write("."), 20);
  response.on("close", () => clearInterval(timer));
};
