import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A chat's webhook on a local port, that can go away and come back there. */
export interface Chat extends AsyncDisposable {
  readonly url: string;
  /** Titles of what it was told, in order. */
  readonly titles: readonly string[];
  /** All of what it was told. */
  readonly bodies: readonly string[];
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

/** @param token what makes its address a secret */
export async function openChat(token = "a-token-of-this-chat"): Promise<Chat> {
  const titles: string[] = [];
  const bodies: string[] = [];
  let server: Server | null = null;
  const listen = async (port: number): Promise<number> => {
    const next = createServer((request, response) => {
      void text(request).then((body) => {
        bodies.push(body);
        titles.push((JSON.parse(body) as { text: string }).text);
        response.end("ok");
      });
    });
    await new Promise<void>((resolve) => next.listen(port, "127.0.0.1", resolve));
    server = next;
    return (next.address() as AddressInfo).port;
  };
  const goAway = async () => {
    const open = server;
    server = null;
    open?.closeAllConnections();
    if (open) await new Promise((resolve) => open.close(resolve));
  };
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}/services/${token}`,
    titles,
    bodies,
    goAway,
    async comeBack() {
      await listen(port);
    },
    [Symbol.asyncDispose]: goAway,
  };
}
