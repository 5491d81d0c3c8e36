import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Somebody who is told about deployments. */
export interface Listener extends AsyncDisposable {
  readonly url: string;
  /** Messages so far. */
  count(): number;
}

export async function openListener(): Promise<Listener> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    request.resume();
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/told`,
    count: () => count,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
