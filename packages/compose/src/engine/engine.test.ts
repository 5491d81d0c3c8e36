import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@sluice/core/node";
import { expect, it, onTestFinished, vi } from "vitest";
import { createEngine } from "./engine.ts";

it.each([
  ["a timeout", { DOCKER_HOST: "tcp://127.0.0.1:1", DOCKER_CLIENT_TIMEOUT: "1" }],
  ["certificates", { DOCKER_HOST: "tcp://127.0.0.1:1", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/nowhere" }],
  ["a host of no form", { DOCKER_HOST: "tcp://[" }],
])("an engine is asked as the environment given says: %s of the process's own does nothing", async (_, own) => {
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const [name, value] of Object.entries(own)) vi.stubEnv(name, value);
  const changes: string[] = [];
  const noteChange = (_env: NodeJS.ProcessEnv, name: string | symbol) => changes.push(String(name)) > 0;
  const { env } = process;
  process.env = new Proxy(env, { set: noteChange, deleteProperty: noteChange });
  onTestFinished(() => void (process.env = env));
  const server = createServer((_request, response) => {
    setTimeout(() => response.end(JSON.stringify({ ID: "given" })), 50);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const engine = createEngine({ env: { DOCKER_HOST: `tcp://127.0.0.1:${port}` }, clock: systemClock });
  expect(await engine.call("the engine", (docker) => docker.info())).toEqual({ ID: "given" });
  expect(changes).not.toContain("DOCKER_HOST");
});
