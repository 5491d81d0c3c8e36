import { createServer } from "node:net";
import { aService } from "@sluice/testing";
import { afterAll, expect, it } from "vitest";
import { busybox } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { runtime } from "./support/runtime.ts";

const [stack, other] = [uniqueStack("obstacles"), uniqueStack("holder")];
afterAll(() => Promise.all([stack.remove(), other.remove()]));

const web = aService("web");
const published = (ports: readonly number[]) => ({
  name: stack.name,
  services: { web: { ports: ports.map((port) => ({ target: 80, published: String(port), host_ip: "127.0.0.1" })) } },
});
const obstacles = (model: object, staying: readonly string[] = []) =>
  runtime.observer.obstacles({
    stack: stack.name,
    model: model as ReturnType<typeof published>,
    services: [web],
    publishing: ["web"],
    staying,
    image: busybox,
  });
const left = () => docker("ps", "-aq", "--filter", `label=dev.sluice.stack=${stack.name}`);

/** Runs with a port of 127.0.0.1 that the engine has given it. */
async function holder(project: string, name: string) {
  const label = `com.docker.compose.project=${project}`;
  const options = ["--name", name, "--label", label, "--label", `dev.sluice.stack=${project}`];
  await docker("run", "-d", ...options, "-p", "127.0.0.1::80", busybox, "sleep", "600");
  return Number((await docker("port", name, "80/tcp")).split(":").at(-1));
}

it("ports that another stack or a process of the machine has are told, and those of the stack itself are none", async () => {
  const [theirs, mine] = await Promise.all([
    holder(other.name, `${other.name}-web-1`),
    holder(stack.name, `${stack.name}-web-1`),
  ]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const process = typeof address === "object" ? (address?.port ?? 0) : 0;
  try {
    const found = await obstacles(published([theirs, mine, process]));
    expect(found).toMatchObject([
      {
        code: "port-held",
        service: "web",
        message: `port 127.0.0.1:${theirs}, which web publishes, is held by container ${other.name}-web-1 of stack ${other.name}`,
        hint: `deploy a release of ${other.name} in which ${other.name}-web-1 does not publish it, or publish another port`,
      },
      {
        code: "port-held",
        message: expect.stringContaining(`port 127.0.0.1:${process}, which web publishes, is held by`),
      },
    ]);
  } finally {
    server.close();
  }
  await docker("stop", "-t", "0", `${other.name}-web-1`);
  expect(await obstacles(published([theirs, mine, process]))).toEqual([]);
  expect((await left()).split("\n")).toHaveLength(1);
});

it("an external network and an external volume that nobody has made are told", async () => {
  const model = {
    name: stack.name,
    services: {
      web: {
        networks: { edge: null, there: null },
        volumes: [{ type: "volume", source: "uploads", target: "/uploads" }],
      },
    },
    networks: { edge: { name: `${stack.name}-edge`, external: true }, there: { name: "bridge", external: true } },
    volumes: { uploads: { name: `${stack.name}-uploads`, external: true } },
  };
  expect(await obstacles(model)).toMatchObject([
    { code: "network-not-there", hint: `docker network create ${stack.name}-edge, or whatever else makes it` },
    { code: "volume-not-there", message: `volume ${stack.name}-uploads of web is external, and not on the engine` },
  ]);
});

it("a secret of a service in base whose file is not there on the engine's machine is told, and one that is there is none", async () => {
  const model = {
    name: stack.name,
    services: { db: { secrets: [{ source: "key" }, { source: "known" }] } },
    secrets: { key: { file: `/srv/${stack.name}/key.pem` }, known: { file: import.meta.filename } },
  };
  const request = { stack: stack.name, services: [aService("db", { role: "data" })], publishing: [], staying: [] };
  expect(await runtime.observer.obstacles({ ...request, model, image: busybox })).toMatchObject([
    {
      severity: "error",
      code: "file-not-there",
      service: "db",
      message: `secret key of db is /srv/${stack.name}/key.pem, which is not there: its container cannot be made`,
    },
  ]);
  expect((await left()).split("\n")).toHaveLength(1);
});
