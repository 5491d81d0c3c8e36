import { expect, it } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { baseEndpoints } from "./connect.ts";
import { namedNetworks } from "./named-networks.ts";

const back = "f81237e6".padEnd(64, "0");
const endpoints = { front: { Aliases: ["shop-store-1", "store"] }, back: { Aliases: ["shop-store-1", "database"] } };
const byName = { shop_front: endpoints.front, shop_back: endpoints.back };
// As Compose 2.26 creates a container on two external networks; it is told by their names once it was started.
const byId = { shop_front: endpoints.front, [back]: endpoints.back };
const container = (networks: Readonly<Record<string, object>>) => ({
  Id: "c0ffee",
  NetworkSettings: { Networks: networks },
});

function engineWith(networks: readonly object[]) {
  let asked = 0;
  const docker = {
    listNetworks: async () => {
      asked += 1;
      return networks;
    },
  };
  const engine = { call: (_what: string, call: (one: unknown) => unknown) => call(docker) } as unknown as Engine;
  return { engine, asked: () => asked };
}

it("a container that was created and not started has every network by its name, and so each link", async () => {
  const { engine, asked } = engineWith([
    { Id: "0".repeat(64), Name: "bridge" },
    { Id: back, Name: "shop_back" },
  ]);
  const [found, other] = await namedNetworks(engine, [container(byId), container(byName)]);
  expect(found).toEqual(container(byName));
  expect(other).toEqual(container(byName));
  expect(asked()).toBe(1);
  const links = ["front", "back"].map((key) => ({ name: `link_${key}`, slot: "blue" as const, key, subnet: "" }));
  expect(baseEndpoints(found as never, links, { front: "shop_front", back: "shop_back" })).toEqual([
    { network: "link_front", aliases: ["shop-store-1", "store"] },
    { network: "link_back", aliases: ["shop-store-1", "database"] },
  ]);
});

it("the engine is not asked where names are there already, and what it does not know stays as it is", async () => {
  const { engine, asked } = engineWith([]);
  const named = [container(byName), container({})];
  expect(await namedNetworks(engine, named)).toEqual(named);
  expect(asked()).toBe(0);
  expect(await namedNetworks(engine, [container(byId)])).toEqual([container(byId)]);
});
