import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aShop, aSlotRequest, facts, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, observer, slots } = runtime;
const stack = uniqueStack("missing");
const model = aShop(stack.name);
const inSlot = shopServices.filter(({ role }) => role === "web" || role === "worker");
const link = `${stack.name}-green_link_back`;
const missing = async () => (await observer.observe(aProject(model))).missingLinks;

beforeAll(async () => {
  await base.ensureNetworks(model, "green", shopServices);
  await base.up(model, facts("db"), shopServices);
});
afterAll(() => stack.remove());

it("a link that a base container has lost is missed once its slot holds something, and is mended", async () => {
  await docker("network", "disconnect", link, `${stack.name}-db-1`);
  expect(await missing()).toEqual([]);
  await slots.create(await aSlotRequest(model, "green", { services: inSlot }));
  const [found, ...others] = await missing();
  expect(found).toMatchObject({ slot: "green", service: "db", container: `${stack.name}-db-1`, link });
  expect(found?.aliases).toEqual(expect.arrayContaining(["db", "database"]));
  expect(others).toEqual([]);
  await base.ensureNetworks(model, "green", shopServices);
  expect(await missing()).toEqual([]);
});
