import { expect, it } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import { lostNetworks, withEndpoints } from "./lost-networks.ts";

const model = {
  name: "shop",
  services: {
    web: { image: "a", ports: [{ target: 80, published: "80", protocol: "tcp" }], networks: { front: null } },
    db: {
      image: "postgres:17",
      networks: {
        front: null,
        back: {
          aliases: ["database", "a$$b"],
          ipv4_address: "10.1.2.3",
          ipv6_address: "fd00::3",
          mac_address: "02:42:0a:01:02:03",
          gw_priority: 1,
        },
      },
      links: ["mail:post", "web:shop"],
    },
    mail: { image: "axllent/mailpit", networks: { back: null } },
    host: { image: "prom/node-exporter", network_mode: "host" },
  },
  networks: { front: { name: "shop_front" }, back: { name: "theirs", external: true } },
};
const services = factsOf(model);

function lost(service: string, networks: readonly string[]) {
  const container = {
    Name: `/shop-${service}-1`,
    Config: { Labels: { "com.docker.compose.service": service } },
    NetworkSettings: { Networks: Object.fromEntries(networks.map((name) => [name, {}])) },
  };
  return lostNetworks({ model, services }, container as never);
}

it("what a container was made with and is not on is named, with what Compose gives it there", () => {
  expect(lost("db", ["shop_front", "shop-blue_link_front"])).toEqual([
    {
      network: "theirs",
      aliases: ["shop-db-1", "db", "database", "a$b"],
      address: "10.1.2.3",
      ipv6Address: "fd00::3",
      macAddress: "02:42:0a:01:02:03",
      gatewayPriority: 1,
      links: ["shop-mail-1:post"],
    },
  ]);
  expect(lost("db", []).map(({ network }) => network)).toEqual(["theirs", "shop_front"]);
});

it("what is on all of its networks has lost none, nor what has none, is in slots, or is unknown", () => {
  expect(lost("db", ["shop_front", "theirs"])).toEqual([]);
  expect([lost("host", ["host"]), lost("web", []), lost("gone", [])]).toEqual([[], [], []]);
});

it("a container is as if it were on them already, for what follows from that", () => {
  const container = { NetworkSettings: { Networks: { shop_front: { Aliases: ["db"] } } } };
  const [endpoint] = lost("db", ["shop_front"]);
  if (!endpoint) throw new Error("none is lost");
  expect(
    withEndpoints(container as never as Parameters<typeof withEndpoints>[0], [endpoint]).NetworkSettings.Networks,
  ).toMatchObject({
    shop_front: { Aliases: ["db"] },
    theirs: { Aliases: ["shop-db-1", "db", "database", "a$b"] },
  });
});
