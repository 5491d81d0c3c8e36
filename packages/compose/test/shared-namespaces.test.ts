import type { ComposeModel } from "@sluice/core";
import { afterAll, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aService } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, observer } = runtime;
const stack = uniqueStack("namespaces");
afterAll(() => stack.remove());

const image = { image: "sluice-test/busybox", command: ["sleep", "600"], init: true, entrypoint: null };
const model: ComposeModel = {
  name: stack.name,
  services: {
    side: { ...image, networks: { default: null } },
    app: {
      ...image,
      network_mode: "service:side",
      pid: "service:side",
      depends_on: { side: { condition: "service_started", restart: true, required: true } },
    },
  },
  networks: { default: { name: `${stack.name}_default` } },
};
const side = aService("side", "support");
const services = [side, aService("app", "support", { networks: [] })];

it("a base service in the namespaces of another one is unchanged until that one is made anew", async () => {
  const stateOf = async () => (await observer.observe(aProject(model, services))).base["app"]?.state;
  const idOf = () => docker("inspect", "-f", "{{.Id}}", `${stack.name}-app-1`);
  for (const facts of services) await base.up(model, facts, services);
  const before = await idOf();
  expect(await stateOf()).toBe("current");
  for (const facts of services) await base.up(model, facts, services);
  expect(await idOf()).toBe(before);

  await docker("rm", "-f", `${stack.name}-side-1`);
  await base.up(model, side, services);
  expect(await stateOf()).toBe("changed");
  for (const facts of services) await base.up(model, facts, services);
  expect(await stateOf()).toBe("current");
  expect(await idOf()).not.toBe(before);
});
