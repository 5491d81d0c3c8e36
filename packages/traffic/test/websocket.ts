import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Talk {
  readonly slot: string;
  readonly socket: Socket;
  /** What came right after the greeting. */
  readonly heard: string;
  /** Sends text and gives what comes back within 2 s. */
  say(text: string): Promise<string>;
  isOpen(): boolean;
}

/** Enough of a WebSocket client for a server that echoes bytes. */
export async function openWebSocket(port: number, bucket: number): Promise<Talk> {
  const { socket, read } = await openSocket(port);
  socket.write(
    [
      "GET /ws HTTP/1.1",
      "Host: door",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
      `Cookie: sluice=${bucket}`,
      "",
      "",
    ].join("\r\n"),
  );
  const head = await read((text) => text.includes("\r\n\r\n"));
  if (!head.startsWith("HTTP/1.1 101")) throw new Error(`no WebSocket: ${head.split("\r\n")[0]}`);
  return talk(socket, read, /x-slot: (\w+)/i.exec(head)?.[1] ?? "");
}

/** A protocol in which the server speaks first. */
export async function openTcp(port: number, greeting = ""): Promise<Talk> {
  const { socket, read } = await openSocket(port);
  if (greeting) socket.write(greeting);
  const [slot = "", ...rest] = (await read((text) => text.includes("\n"))).split("\n");
  return talk(socket, read, slot, rest.join("\n"));
}

function talk(socket: Socket, read: Read, slot: string, heard = ""): Talk {
  return {
    slot,
    socket,
    heard,
    isOpen: () => !socket.destroyed && !socket.readableEnded,
    say(text) {
      socket.write(text);
      return read((answer) => answer.length >= text.length);
    },
  };
}

type Read = (isEnough: (text: string) => boolean) => Promise<string>;

async function openSocket(port: number): Promise<{ socket: Socket; read: Read }> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => {
    text += data.toString("latin1");
  });
  const read: Read = async (isEnough) => {
    for (let tries = 0; !isEnough(text) && tries < 200 && !socket.destroyed; tries += 1) await sleep(10);
    const read = text;
    text = "";
    return read;
  };
  await new Promise((resolve) => socket.once("connect", resolve));
  return { socket, read };
}
