import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aShop, aSlotRequest, facts, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, doors, observer, slots } = runtime;
const stack = uniqueStack("cut");
const model = aShop(stack.name);
const inSlot = shopServices.filter(({ role }) => role === "web" || role === "worker");
const names = inSlot.map(({ name }) => name);
const [web, worker] = names.map((name) => `${stack.name}-green-${name}-1`) as [string, string];
const observe = () => observer.observe(aProject(model));
const networksOf = async (container: string) =>
  JSON.parse(await docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", container)) as Readonly<
    Record<string, { readonly IPAddress: string; readonly Aliases: readonly string[] | null }>
  >;
const stateOf = async () => (await observe()).slots.green.containers.map(({ service, state }) => [service, state]);

async function requestOfSlot() {
  const addresses = { web: (await doors.addresses(model, facts("web"), "green")).green };
  return aSlotRequest(model, "green", { services: inSlot, addresses });
}

beforeAll(() => base.ensureNetworks(model, "green", shopServices));
afterAll(() => stack.remove());

it("what was taken from its networks or paused in a slot is seen, and goes on as it was", async () => {
  const request = await requestOfSlot();
  await slots.create(request);
  await slots.start(stack.name, "green", names);
  expect((await observe()).cutOff).toEqual([]);

  const before = await networksOf(web);
  for (const network of Object.keys(before)) await docker("network", "disconnect", network, web);
  await docker("pause", worker);
  const observed = await observe();
  expect(observed.cutOff).toMatchObject([{ slot: "green", service: "web", container: web }]);
  expect(observed.cutOff[0]?.networks.toSorted()).toEqual(Object.keys(before).toSorted());
  expect(await stateOf()).toEqual(expect.arrayContaining([["worker", "paused"]]));

  const started = await docker("inspect", "-f", "{{.State.StartedAt}}", web, worker);
  await slots.create(request, { onlyMissing: true });
  await slots.start(stack.name, "green", names);
  expect((await observe()).cutOff).toEqual([]);
  expect(await stateOf()).toEqual(
    expect.arrayContaining([
      ["web", "running"],
      ["worker", "running"],
    ]),
  );
  expect(await docker("inspect", "-f", "{{.State.StartedAt}}", web, worker)).toBe(started);
  const after = await networksOf(web);
  const fixed = (networks: typeof before) =>
    Object.values(networks).flatMap(({ IPAddress }) =>
      request.addresses["web"]?.includes(IPAddress) ? [IPAddress] : [],
    );
  expect(fixed(before)).toHaveLength(1);
  expect(fixed(after)).toEqual(fixed(before));
  for (const [name, { Aliases }] of Object.entries(before)) {
    // Its own name it has everywhere, and older engines add its short id.
    const called = (Aliases ?? []).filter((alias) => alias !== web && !/^[0-9a-f]{12}$/.test(alias));
    expect(after[name]?.Aliases).toEqual(expect.arrayContaining(called));
  }
});

it("a link that was removed is missed by all that was on it, and comes back with them", async () => {
  const link = `${stack.name}-green_link_back`;
  const members = JSON.parse(await docker("network", "inspect", "-f", "{{json .Containers}}", link)) as object;
  const address = (await networksOf(web))[link]?.IPAddress;
  for (const id of Object.keys(members)) await docker("network", "disconnect", "-f", link, id);
  await docker("network", "rm", link);
  const { cutOff } = await observe();
  expect(cutOff.toSorted((a, b) => (a.service < b.service ? -1 : 1))).toEqual([
    { slot: "green", service: "web", container: web, networks: [link], isUnlinked: false },
    { slot: "green", service: "worker", container: worker, networks: [link], isUnlinked: true },
  ]);

  await base.ensureNetworks(model, "green", shopServices);
  await slots.create(await requestOfSlot(), { onlyMissing: true });
  expect((await observe()).cutOff).toEqual([]);
  expect((await networksOf(web))[link]?.IPAddress).toBe(address);
});
