import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createFakeClock } from "@sluice/testing";
import { expect, it, onTestFinished } from "vitest";
import { createEngine } from "../engine/engine.ts";
import { killMarked } from "./kill-marked.ts";
import { startProcess } from "./process.ts";

/** An engine that takes each exec, and leaves one with a connection without an answer. */
async function silentEngine() {
  const commands: string[] = [];
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/exec/")) return void response.end();
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      commands.push((JSON.parse(body) as { Cmd: string[] }).Cmd.join(" "));
      response.writeHead(201).end(JSON.stringify({ Id: `e${commands.length}` }));
    });
  });
  const asked = new Promise<Duplex>((resolve) => server.on("upgrade", (_, socket) => resolve(socket)));
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const env = { DOCKER_HOST: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` };
  return { engine: createEngine({ env, clock: createFakeClock() }), commands, asked };
}

it("a signal that aborts is heard while the engine does not answer, and what starts late is ended", async () => {
  const { engine, commands, asked } = await silentEngine();
  const controller = new AbortController();
  const starting = startProcess(engine, "c", ["sleep", "9"], { withInput: true, signal: controller.signal });
  starting.catch(() => undefined);
  const socket = await asked;
  onTestFinished(() => void socket.destroy());
  controller.abort(new Error("cancelled"));
  await expect(starting).rejects.toThrow("cancelled");
  expect(commands).toEqual(["sleep 9"]);
  const closed = once(socket.resume(), "end");
  socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
  await closed;
  await expect.poll(() => commands[1]).toContain("SLUICE_EXEC=");
});

it("whoever ends a process does not wait for an engine that does not answer", async () => {
  const asked: string[] = [];
  const server = createServer(({ url = "" }) => void asked.push(url)).listen(0, "127.0.0.1");
  onTestFinished(() => server.close().closeAllConnections());
  await once(server, "listening");
  const env = { DOCKER_HOST: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const clock = createFakeClock();
  await killMarked(createEngine({ env, clock }), "c", "mark");
  expect(clock.monotonicMs()).toBe(10_000);
  // What it has asked for is not taken back.
  await expect.poll(() => asked).toEqual(["/containers/c/exec"]);
});
