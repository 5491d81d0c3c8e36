import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { messageOf, type Order, type OrderDesk, type OrderReceipt, type SluiceEvent } from "@sluice/core";
import { homeError } from "../home/home-error.ts";
import type { StateHome } from "../home/state-home.ts";
import { longestMessage, parseMessage } from "./order-messages.ts";
import { atOrderSocket } from "./order-socket.ts";

/** Bytes that a follower may be behind; one that does not read is let go. */
const longestBacklog = 1_048_576;

/** What a follower has to read the last events, milliseconds. */
const lingerMs = 200;

export interface StateOrderDesk extends OrderDesk {
  /** Tells an event to those who follow; nobody has to. */
  tell(event: SluiceEvent): void;
}

/**
 * Takes orders through a socket in the state home, whose directory only its owner may enter. The socket dies with the
 * process, and one that was left is replaced: the caller holds the lock of the home.
 */
export function createOrderDesk({ path }: Pick<StateHome, "path">): StateOrderDesk {
  const followers = new Set<Socket>();
  return {
    async open(receive) {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on("error", () => socket.destroy());
        socket.once("close", () => {
          sockets.delete(socket);
          followers.delete(socket);
        });
        void serve(socket, receive, followers);
      });
      try {
        await listen(server, path);
      } catch (error) {
        throw homeError(error, path, "orders cannot be taken in");
      }
      return {
        async [Symbol.asyncDispose]() {
          const closed = once(server, "close");
          server.close();
          for (const socket of sockets) socket.end();
          const late = setTimeout(() => {
            for (const socket of sockets) socket.destroy();
          }, lingerMs);
          await closed;
          clearTimeout(late);
        },
      };
    },
    tell(event) {
      for (const socket of followers) {
        if (socket.writableLength > longestBacklog) socket.destroy();
        else socket.write(`${JSON.stringify(event)}\n`);
      }
    },
  };
}

async function listen(server: Server, home: string): Promise<void> {
  await atOrderSocket(home, async (socketPath) => {
    await rm(socketPath, { force: true });
    server.listen(socketPath);
    await once(server, "listening");
  });
  // A process is not kept alive by the orders it might get.
  server.unref();
}

async function serve(
  socket: Socket,
  receive: (order: Order) => Promise<OrderReceipt>,
  followers: Set<Socket>,
): Promise<void> {
  const message = parseMessage(await firstLine(socket));
  if (message === "follow") {
    followers.add(socket);
    return;
  }
  const receipt = message ? await receive(message).catch(notTaken) : { accepted: false, message: "that is no order" };
  if (!socket.destroyed) socket.end(`${JSON.stringify(receipt)}\n`);
}

/** What could not be recorded does not hold. */
function notTaken(error: unknown): OrderReceipt {
  return { accepted: false, message: messageOf(error) };
}

/** Empty where none comes. What is said after it is dropped. */
function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      if (text.length <= longestMessage) text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0 || text.length > longestMessage) resolve(text.slice(0, Math.max(0, end)));
    });
    socket.once("close", () => resolve(""));
  });
}
