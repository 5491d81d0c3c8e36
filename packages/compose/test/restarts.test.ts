import type { ComposeModel } from "@sluice/core";
import { afterAll, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { aService } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base } = runtime;
const stack = uniqueStack("restarts");
afterAll(() => stack.remove());

const networks = { default: null };
const image = { image: "sluice-test/busybox", command: ["sleep", "600"], init: true, entrypoint: null, networks };
const model: ComposeModel = {
  name: stack.name,
  services: { store: image, pool: image },
  networks: { default: { name: `${stack.name}_default` } },
};
const [store, pool] = [aService("store", "support"), aService("pool", "support")];
const services = [store, pool];

it("a base service that runs since before another was made is restarted, the same container, and once", async () => {
  const { name } = stack;
  const [id, startedAt] = ["{{.Id}}", "{{.State.StartedAt}}"];
  const seen = (format: string) => docker("inspect", "-f", format, `${name}-pool-1`);
  const restart = () => base.restartAfter(name, pool, ["store"]);
  for (const facts of services) await base.up(model, facts, services);
  const before = { id: await seen(id), startedAt: await seen(startedAt) };
  await restart();
  expect(await seen(startedAt)).toBe(before.startedAt);

  await docker("rm", "-f", `${name}-store-1`);
  await base.up(model, store, services);
  await restart();
  const after = await seen(startedAt);
  expect(after).not.toBe(before.startedAt);
  expect(await seen(id)).toBe(before.id);
  await restart();
  expect(await seen(startedAt)).toBe(after);
});
