import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** Bodies in order. */
  readonly received: readonly string[];
}

/** A chat's webhook on a free local port. Without a status it takes the request and never answers. */
export async function receiver(status: number | null = 200): Promise<Receiver> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push(body);
      if (status !== null) response.writeHead(status).end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/a-token-of-the-chat`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
