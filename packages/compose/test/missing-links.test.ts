import { afterAll, beforeAll, expect, it } from "vitest";
import { busybox } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aShop, aSlotRequest, facts, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, observer, slots } = runtime;
const stack = uniqueStack("missing");
// An address can be fixed only where the subnet is chosen; others may run this test at the same time.
const third = Math.floor(Math.random() * 256);
const address = `10.212.${third}.9`;
const shop = aShop(stack.name, { db: { networks: { back: { aliases: ["database"], ipv4_address: address } } } });
const back = { name: `${stack.name}_back`, ipam: { config: [{ subnet: `10.212.${third}.0/28` }] } };
const model = { ...shop, networks: { ...shop.networks, back } };
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

it("a base container that was taken from its own network is seen, and is there again under its names and at its address", async () => {
  const db = `${stack.name}-db-1`;
  const observe = async () => {
    const observed = await observer.observe(aProject(model));
    return { lost: observed.base["db"]?.lost, links: observed.missingLinks.map((one) => one.link) };
  };
  expect(await observe()).toEqual({ lost: undefined, links: [] });
  for (const network of [back.name, link]) await docker("network", "disconnect", network, db);
  expect(await observe()).toEqual({
    lost: [{ container: db, network: back.name, aliases: [db, "db", "database"], addresses: [address] }],
    links: [link],
  });
  await base.ensureNetworks(model, "green", shopServices);
  expect(await observe()).toEqual({ lost: undefined, links: [] });
  const networks = JSON.parse(await docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", db)) as Record<
    string,
    { readonly Aliases: readonly string[]; readonly IPAddress: string }
  >;
  for (const network of [back.name, link]) {
    expect(networks[network]?.Aliases).toEqual(expect.arrayContaining([db, "db", "database"]));
  }
  expect(networks[back.name]?.IPAddress).toBe(address);
});

it("what others have on a network of the project is seen, and nothing of the stack is taken for it", async () => {
  const guests = async () => (await observer.observe(aProject(model))).guests;
  expect(await guests()).toEqual([]);
  const theirs = `${stack.name}-theirs`;
  await docker("run", "-d", "--init", "--name", theirs, "--network", back.name, busybox, "sleep", "600");
  try {
    expect(await guests()).toEqual([{ container: theirs, key: "back", network: back.name }]);
  } finally {
    await docker("rm", "-f", theirs);
  }
});
