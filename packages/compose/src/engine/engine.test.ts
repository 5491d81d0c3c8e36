import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** One whose ssh answers each request with the same. Resolves with what tells how many ssh run. */
async function engineOverSsh() {
  const directory = await mkdtemp(join(tmpdir(), "sluice-ssh-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const answer = String.raw`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"ID":"given"}`;
  await writeFile(
    join(directory, "ssh"),
    `#!/bin/sh
echo $$ >>${directory}/pids
while read -r line; do
  [ "$line" != "$(printf '\\r')" ] || printf '${answer}'
done
`,
    { mode: 0o755 },
  );
  const env = { PATH: `${directory}:${process.env["PATH"]}`, DOCKER_HOST: "ssh://deploy@production" };
  const running = async () => {
    const pids = (await readFile(join(directory, "pids"), "utf8")).trim().split("\n");
    return pids.filter((pid) => existsSync(`/proc/${pid}`)).length;
  };
  return { engine: createEngine({ env, clock: systemClock }), running };
}

it("connections of an engine that is closed end, and those in use when that is done", async () => {
  const { engine, running } = await engineOverSsh();
  const ask = () => engine.call("the engine", (docker) => docker.info());
  await ask();
  await ask();
  expect(await running()).toBe(1);
  engine.close();
  await expect.poll(running).toBe(0);
  expect(await ask()).toEqual({ ID: "given" });
  await expect.poll(running).toBe(0);
});

it("one that is closed while it is asked for the first time is asked, and leaves no connection", async () => {
  const { engine, running } = await engineOverSsh();
  const asking = engine.call("the engine", (docker) => docker.info());
  engine.close();
  expect(await asking).toEqual({ ID: "given" });
  await expect.poll(running).toBe(0);
});
