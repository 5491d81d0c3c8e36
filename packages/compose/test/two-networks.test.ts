import { afterAll, describe, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { missingNewestCompose, newestCompose } from "./support/newest-compose.ts";
import { aProject, aService, aShop, shopServices } from "./support/project.ts";
import { runtime, runtimeWith } from "./support/runtime.ts";

const store = aService("store", "data", { networks: ["back", "default"], hasHealthcheck: true });
const services = [...shopServices, store];
const networks = { default: null, back: { aliases: ["database"] } };
// It has one interface for each network that it is on at its first instruction.
const command = ["sh", "-c", "ls /sys/class/net | grep -c eth; exec sleep 1000"];
const healthcheck = { test: ["CMD", "true"], interval: "30s", timeout: "5s", retries: 3 };

describe.each([
  ["the Compose of this machine", runtime, ""],
  ["the newest Compose", runtimeWith({ DOCKER_CONFIG: newestCompose }), missingNewestCompose],
] as const)("a base service on two networks, with %s", (_name, { base, observer }, missing) => {
  const stack = uniqueStack("two");
  afterAll(() => stack.remove());
  const container = `${stack.name}-store-1`;
  const modelWith = (tuning: string) =>
    aShop(stack.name, { store: { command, healthcheck, networks, environment: { TUNING: tuning } } });

  it.skipIf(missing)(`is on the link of each before it starts, when it is made and made anew${missing}`, async () => {
    await base.ensureNetworks(modelWith("less"), "blue", services);
    for (const tuning of ["less", "more"]) {
      const model = modelWith(tuning);
      await base.up(model, store, services);
      expect(await docker("logs", container)).toBe("4");
      const found = JSON.parse(
        await docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", container),
      ) as Record<string, { Aliases: readonly string[] }>;
      expect(Object.keys(found).toSorted()).toEqual(
        ["-blue_link_back", "-blue_link_default", "_back", "_default"].map((end) => `${stack.name}${end}`),
      );
      expect(found[`${stack.name}-blue_link_back`]?.Aliases).toEqual(expect.arrayContaining(["store", "database"]));
      expect(found[`${stack.name}-blue_link_default`]?.Aliases).not.toContain("database");
      expect((await observer.observe(aProject(model, services))).base["store"]?.state).toBe("current");
    }
  });
});
