import { expect, it } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import { linksInUse, missingLinks } from "./missing-links.ts";

const model = {
  name: "shop",
  services: {
    web: {
      image: "a",
      ports: [{ target: 80, published: "80", protocol: "tcp" }],
      networks: { front: null, back: null },
    },
    db: { image: "postgres:17", networks: { back: null } },
    mail: { image: "axllent/mailpit", networks: { front: null } },
  },
  networks: { front: { name: "shop_front" }, back: { name: "shop_back" } },
};
const services = factsOf(model);
const link = (slot: "blue" | "green", key: string) => ({ name: `shop-${slot}_link_${key}`, slot, key, subnet: "" });
const links = [link("blue", "back"), link("blue", "front")];

function container(name: string, labels: Record<string, string>, networks: Record<string, readonly string[]>) {
  const endpoints = Object.entries(networks).map(([network, Aliases]) => [network, { Aliases }]);
  return {
    Id: `${name}-0123456789ab`,
    Name: `/${name}`,
    Config: { Labels: labels },
    NetworkSettings: { Networks: Object.fromEntries(endpoints) },
  } as unknown as Parameters<typeof missingLinks>[0]["base"][number];
}
const db = (networks: Record<string, readonly string[]>) =>
  container("shop-db-1", { "com.docker.compose.service": "db" }, networks);
const door = (networks: Record<string, readonly string[]>) =>
  container("shop-door-web", { "dev.sluice.service": "web" }, networks);
const linked = { "shop-blue_link_back": [], "shop-blue_link_front": [] };

it("what is linked lacks nothing, and a network that it is not on needs no link", () => {
  const base = [db({ shop_back: ["db"], "shop-blue_link_back": ["db"] })];
  expect(missingLinks({ model, services, links, base, doors: [door({ shop_front: [], ...linked })] })).toEqual([]);
});

it("a base container that was made anew lacks the links of its networks, under its names there", () => {
  const base = [db({ shop_back: ["db", "database", "shop-db-1-01"] })];
  expect(missingLinks({ model, services, links, base, doors: [] })).toEqual([
    {
      slot: "blue",
      service: "db",
      container: "shop-db-1",
      link: "shop-blue_link_back",
      aliases: ["db", "database"],
    },
  ]);
});

it("a door lacks links too, under the one name it has there", () => {
  const { "shop-blue_link_back": _, ...rest } = linked;
  expect(missingLinks({ model, services, links, base: [], doors: [door({ shop_front: [], ...rest })] })).toEqual([
    {
      slot: "blue",
      service: "web",
      container: "shop-door-web",
      link: "shop-blue_link_back",
      aliases: ["door.web.shop"],
    },
  ]);
});

it("what plain Compose runs of the slots' services needs none", () => {
  const web = container("shop-web-1", { "com.docker.compose.service": "web" }, { shop_back: ["web"] });
  expect(missingLinks({ model, services, links, base: [web], doors: [] })).toEqual([]);
});

it("a link that no container of its slot is on is not in use: an earlier release left it", () => {
  const web = container("shop-blue-web-1", {}, { "shop-blue_front": [], "shop-blue_link_front": [] });
  const green = [link("green", "front")];
  expect(linksInUse([...links, ...green], { blue: [web], green: [] })).toEqual([link("blue", "front")]);
});
