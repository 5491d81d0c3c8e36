import type { ComposeModel } from "@sluice/core";
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
const routed = { "traefik.http.routers.web.rule": "Host(`a`)" };

function guests(
  image: string,
  networks: readonly string[],
  labels: Readonly<Record<string, string>> = {},
  asked: Parameters<typeof networkGuests>[0] = request,
) {
  const container = {
    Names: ["/theirs"],
    Image: image,
    Labels: labels,
    NetworkSettings: { Networks: Object.fromEntries(networks.map((name) => [name, {}])) },
  };
  return networkGuests(asked, [container as never]);
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

const withLabels = (
  networks: ComposeModel["services"][string]["networks"],
  services: ComposeModel["services"] = {},
) => {
  const web = { ...model.services.web, networks, labels: routed, environment: { SSO: "http://auth-api:8080/realms" } };
  const any: ComposeModel = {
    ...model,
    services: { web, ...services },
    networks: { ...model.networks, proxy: { name: "traefik", external: true } },
  };
  return { stack: "shop", model: any, services: factsOf(any) };
};

const called = { "com.docker.compose.service": "auth-api" };

it("what services call on an external network is named where slots are not on it, since it is there for a proxy", () => {
  const asked = withLabels({ front: null, proxy: null });
  const found = { container: "theirs", key: "proxy", network: "traefik", remedy: "further" };
  expect(guests("auth:1", ["traefik"], called, asked)).toEqual([found]);
  expect(guests("traefik:v3", ["traefik"], called, asked)).toEqual([]);
  const joined = withLabels({ front: null, proxy: null, vpn: null });
  expect(guests("auth:1", ["traefik", "vpn"], called, joined)).toEqual([]);
});

it("of what is there only what a service in slots calls by its name, whether or not labels tell that it is there for that proxy", () => {
  const asked = withLabels({ front: null, proxy: null });
  const named = (service: string, labels = {}) =>
    guests("app", ["traefik"], { ...labels, "com.docker.compose.service": service }, asked).length;
  for (const labels of [routed, {}]) {
    expect(["auth-api", "auth", "api"].map((service) => named(service, labels))).toEqual([1, 0, 0]);
  }
  const door = { "dev.sluice.stack": "other", "dev.sluice.kind": "door", "dev.sluice.service": "auth-api" };
  expect(guests("door", ["traefik"], door, asked)).toHaveLength(1);
  expect(guests("door", ["traefik"], { ...door, "dev.sluice.service": "web" }, asked)).toEqual([]);
});

it("a name that a service of the project has as well means that one", () => {
  const db = { image: "postgres:17", networks: { front: null } };
  const asked = withLabels({ front: null, proxy: null }, { "auth-api": db });
  expect(guests("auth:1", ["traefik"], called, asked)).toEqual([]);
  // Of a profile for development, it is not there to be meant.
  const services = asked.services.map((one) => ({ ...one, active: one.name !== "auth-api" }));
  expect(guests("auth:1", ["traefik"], called, { ...asked, services })).toHaveLength(1);
});

it("what helps is what would hold: a service that a proxy leads to does not join its only external network", () => {
  const remedies = (asked: Parameters<typeof networkGuests>[0]) =>
    guests("auth:1", ["shop_front"], {}, asked).map(({ remedy }) => remedy);
  expect(remedies(withLabels({ front: null }))).toEqual(["recreate"]);
  expect(remedies(withLabels({ front: null, proxy: null }))).toEqual([undefined]);
  const worker = { image: "shop", command: ["worker"], networks: { front: null } };
  expect(remedies(withLabels({ front: null }, { worker }))).toEqual(["recreate"]);
});
