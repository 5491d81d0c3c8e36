import type { ComposeModel } from "@sluice/core";
import { afterAll, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aService } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, observer } = runtime;
const stack = uniqueStack("namespaces");
afterAll(() => stack.remove());

const image = {
  image: "sluice-test/busybox",
  command: ["sleep", "600"],
  init: true,
  entrypoint: null,
  healthcheck: { test: ["CMD", "true"], interval: "30s" },
};
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

it("a base service with the volumes of another one, or a link to it, is unchanged; volumes come from a container", async () => {
  const { name } = stack;
  const shares: ComposeModel = {
    name,
    services: {
      disk: { ...image, volumes: [{ type: "volume", source: "data", target: "/data" }], networks: { default: null } },
      // Compose adds what these need to their `depends_on`, and makes them without it.
      reader: { ...image, volumes_from: ["disk:ro", `container:${name}-disk-1`], networks: { default: null } },
      caller: { ...image, links: ["disk:store"], networks: { default: null } },
    },
    volumes: { data: { name: `${name}_data` } },
    networks: { default: { name: `${name}_default` } },
  };
  const disk = aService("disk", "support");
  const all = [disk, aService("reader", "support"), aService("caller", "support")];
  const states = async () =>
    Object.values((await observer.observe(aProject(shares, all))).base).map((seen) => `${seen.service} ${seen.state}`);
  const ids = () => docker("inspect", "-f", "{{.Id}}", `${name}-reader-1`, `${name}-caller-1`);
  for (const facts of all) await base.up(shares, facts, all);
  const before = await ids();
  expect(await states()).toEqual(["disk current", "reader current", "caller current"]);
  for (const facts of all) await base.up(shares, facts, all);
  expect(await ids()).toBe(before);

  await docker("rm", "-f", `${name}-disk-1`);
  await base.up(shares, disk, all);
  expect(await states()).toEqual(["disk current", "reader changed", "caller current"]);
});
