import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";

export interface FakeShop extends AsyncDisposable {
  readonly url: string;
  /** What the next answers do. */
  readonly behaviour: { version: string; status?: number; delayMs: number; cut: boolean };
  readonly orders: number[];
  readonly connections: () => number;
  /** Cookie headers that came in, without repetition. */
  readonly cookies: Set<string>;
  readonly closeSockets: (how: "close" | "terminate") => void;
  /** Stops listening and cuts what is open. */
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
}

/** A server in this process that answers as the example shop does, and misbehaves when told to. */
export async function startFakeShop(): Promise<FakeShop> {
  const behaviour: FakeShop["behaviour"] = { version: "v1", delayMs: 0, cut: false };
  const orders: number[] = [];
  const cookies = new Set<string>();
  const open = new Set<Socket>();
  let accepted = 0;

  const respond = async (method: string, response: ServerResponse) => {
    const { version, status = method === "POST" ? 201 : 200, cut, delayMs } = behaviour;
    if (delayMs > 0) await sleep(delayMs);
    const body = JSON.stringify(method === "POST" && status === 201 ? { id: orders.push(orders.length + 1) } : {});
    response.writeHead(status, { "x-version": version, "set-cookie": [`seen=${version}; Path=/`] });
    if (!cut) return void response.end(body);
    response.write("half of");
    response.socket?.destroy();
  };
  const server = createServer((request, response) => {
    if (request.headers.cookie) cookies.add(request.headers.cookie);
    request.resume().on("end", () => void respond(request.method ?? "GET", response));
  });
  server.on("connection", (socket: Socket) => {
    accepted += 1;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  const sockets = new WebSocketServer({ server, path: "/ws" });
  sockets.on("connection", (socket) => {
    const timer = setInterval(() => socket.send(JSON.stringify({ version: behaviour.version })), 50);
    socket.send(JSON.stringify({ version: behaviour.version }));
    socket.on("close", () => clearInterval(timer));
  });

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const down = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    behaviour,
    orders,
    connections: () => accepted,
    cookies,
    closeSockets: (how) => {
      for (const socket of sockets.clients) {
        if (how === "close") socket.close(1001, "going away");
        else socket.terminate();
      }
    },
    down,
    up: async () => {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.terminate();
      await down();
    },
  };
}
