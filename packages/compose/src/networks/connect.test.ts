import { expect, it } from "vitest";
import { baseEndpoints, endpointConfig } from "./connect.ts";

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

it("an endpoint is told to the engine with what is given there, and nothing else", () => {
  expect(endpointConfig({ network: "vpn", aliases: ["app"], links: [] })).toEqual({ Aliases: ["app"] });
  const given = {
    gatewayPriority: 0,
    driverOptions: { a: "1" },
    macAddress: "02:42:ac:11:00:02",
    address: "172.30.0.8",
    ipv6Address: "fd00::8",
    linkLocalAddresses: ["169.254.1.1"],
  };
  expect(endpointConfig({ network: "vpn", aliases: [], links: ["db-1:db"], ...given })).toEqual({
    Aliases: [],
    Links: ["db-1:db"],
    GwPriority: 0,
    DriverOpts: { a: "1" },
    MacAddress: "02:42:ac:11:00:02",
    IPAMConfig: { IPv4Address: "172.30.0.8", IPv6Address: "fd00::8", LinkLocalIPs: ["169.254.1.1"] },
  });
});
