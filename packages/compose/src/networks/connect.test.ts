import { expect, it } from "vitest";
import { baseEndpoints } from "./connect.ts";

const id = "db3f9a1c07e2".padEnd(64, "0");
const links: Parameters<typeof baseEndpoints>[1] = [
  { name: "shop-blue_link_default", key: "default" } as Parameters<typeof baseEndpoints>[1][number],
];

function aliasesOnLink(aliases: readonly string[]) {
  const networks = { shop_default: { Aliases: aliases } };
  const container = { Id: id, NetworkSettings: { Networks: networks } };
  const endpoints = baseEndpoints(container as never, links, { default: "shop_default" });
  return endpoints.map(({ aliases: found }) => found);
}

it("a service keeps its name on a link, also where the id of its container begins like it", () => {
  expect(aliasesOnLink(["shop-db-1", "db"])).toEqual([["shop-db-1", "db"]]);
});

it("the short id that older engines add is no name of the service", () => {
  expect(aliasesOnLink(["shop-db-1", "db", id.slice(0, 12)])).toEqual([["shop-db-1", "db"]]);
});
