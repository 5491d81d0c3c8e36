import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { pipeline } from "node:stream";

export interface ForwardProxy extends AsyncDisposable {
  /** For `HTTPS_PROXY` and `HTTP_PROXY`. */
  readonly url: string;
  /** What it was asked to lead to, in turn: `CONNECT name:port`, or the method and the whole address. */
  readonly asked: readonly string[];
  /** It answers 403 to a tunnel instead of opening it. */
  refuses: boolean;
}

/**
 * A proxy as companies have it, on a free local port. It leads every name to this machine, at the port that was asked
 * for: what arrives there under a name that does not exist came through the proxy.
 */
export async function startForwardProxy(): Promise<ForwardProxy> {
  const asked: string[] = [];
  const portOf = (target: string) => Number(new URL(target).port);
  const server = createServer((incoming: IncomingMessage, response) => {
    const { method = "", url = "", headers } = incoming;
    asked.push(`${method} ${url}`);
    const { pathname, search } = new URL(url);
    // The test's own process may go by this proxy.
    const agent = false;
    const onward = request({ agent, host: "127.0.0.1", port: portOf(url), method, path: pathname + search, headers });
    onward.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => {});
    });
    onward.on("error", () => response.destroy());
    pipeline(incoming, onward, () => {});
  });
  server.on("connect", ({ url = "" }, client) => {
    asked.push(`CONNECT ${url}`);
    if (proxy.refuses) return client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const onward = connect(portOf(`tcp://${url}`), "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
    pipeline(client, onward, client, () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: ForwardProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refuses: false,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
