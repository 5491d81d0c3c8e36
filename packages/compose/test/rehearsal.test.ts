import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { busybox } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { aService, aShop, aSlotRequest, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const stack = uniqueStack("rehearsal");
const server = createServer();
let host = "";

beforeAll(async () => {
  host = await mkdtemp(join(tmpdir(), "sluice-rehearsal-"));
  for (const name of ["app/run", "data"]) await mkdir(join(host, name), { recursive: true });
  await writeFile(join(host, "app/schema.sql"), "");
  await new Promise<void>((resolve) => server.listen(join(host, "app/run/app"), resolve));
});
afterAll(async () => {
  await stack.remove();
  await new Promise((resolve) => server.close(resolve));
  await rm(host, { recursive: true });
});

it("a rehearsed job sees what the host shares with it, but no socket and nothing that a data service writes to", async () => {
  const bind = (source: string, target: string) => ({ type: "bind", source: join(host, source), target });
  const check =
    "test -e /app/schema.sql && test ! -e /data && test -d /app/run && test ! -e /app/run/app && ! touch /app/new";
  const model = aShop(stack.name, {
    db: { networks: { back: null }, volumes: [bind("data", "/data")] },
    peek: {
      command: ["sh", "-c", check],
      networks: { back: null },
      volumes: [bind("app", "/app"), bind("data", "/data")],
    },
  });
  const services = [...shopServices, aService("peek", "job", { networks: ["back"] })];
  const { release } = await aSlotRequest(model, "green", { services });
  const copy = await docker("run", "-d", "--network=none", "--name", `${stack.name}-copy`, busybox, "sleep", "600");
  await using world = await runtime.rehearsals.open({ stack: stack.name, deployment: "d1", database: "db", copy });
  await world.runJob(release, "peek");
  expect(world.notTested()).toEqual([
    `what peek does with ${host}/app/run: it is left out, as a server of production may be reached there`,
    `what peek does with ${host}/data: it is left out, as a server of production may be reached there`,
  ]);
});
