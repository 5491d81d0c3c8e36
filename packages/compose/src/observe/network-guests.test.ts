import { expect, it } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import { networkGuests } from "./network-guests.ts";

const model = {
  name: "shop",
  services: {
    web: {
      image: "shop",
      ports: [{ target: 80, published: "80", protocol: "tcp" }],
      networks: { front: null, vpn: null },
    },
    db: { image: "postgres:17", networks: { back: null } },
  },
  networks: { front: null, back: null, vpn: { name: "vpn", external: true } },
};
const request = { stack: "shop", model, services: factsOf(model) };

function guests(image: string, networks: readonly string[], labels: Readonly<Record<string, string>> = {}) {
  const container = {
    Names: ["/theirs"],
    Image: image,
    Labels: labels,
    NetworkSettings: { Networks: Object.fromEntries(networks.map((name) => [name, {}])) },
  };
  return networkGuests(request, [container as never]);
}

it("what others have on a network that slots have a link to is named", () => {
  expect(guests("auth:1", ["shop_front", "auth_default"], { "com.docker.compose.project": "auth" })).toEqual([
    { container: "theirs", key: "front", network: "shop_front" },
  ]);
});

it("what is of the stack, calls only, or is where slots are themselves or never, is none", () => {
  expect(guests("shop", ["shop_front"], { "com.docker.compose.project": "shop" })).toEqual([]);
  expect(guests("door", ["shop_front"], { "dev.sluice.stack": "shop" })).toEqual([]);
  expect(guests("app", ["shop_front"], { "dev.sluice.stack": "other", "dev.sluice.slot": "blue" })).toEqual([]);
  expect(guests("traefik:v3", ["shop_front"])).toEqual([]);
  expect(guests("auth:1", ["vpn", "shop_back"])).toEqual([]);
});
