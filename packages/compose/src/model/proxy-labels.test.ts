import type { ComposeModel } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { factsOf, slotRequestOf } from "../../test/support/slot-request.ts";
import { classifyServices } from "../roles/classify-services.ts";
import { withCheckout } from "./checkout.ts";
import { doorFacts } from "./door-facts.ts";
import { joinedExternals } from "./networks.ts";
import { labelPrefixes, withLabelPrefixes } from "./proxy-labels.ts";
import { slotModel } from "./slot-model.ts";

const labels = { "easyhaproxy.http.host": "shop.example.com", "traefik.enable": "true", team: "shop" };
const files: ComposeModel = withCheckout(
  {
    name: "shop",
    services: { web: { image: "shop", labels, networks: { proxy: null } } },
    networks: { proxy: { name: "edge", external: true } },
  },
  "/srv/shop",
);

function placed(model: ComposeModel) {
  const slot = slotModel(slotRequestOf(model, factsOf(model, { web: { role: "web", strategy: "slots" } })), {
    subnets: { proxy: "10.213.0.0/28" },
  });
  const inSlot = slot.services["web"]?.labels ?? {};
  return { slot: Object.keys(labels).filter((name) => name in inSlot), door: doorFacts(model, "web").labels };
}

it("labels that the configuration names for a proxy are the door's, as those of known proxies are", () => {
  expect(placed(withLabelPrefixes(files, ["easyhaproxy."]))).toMatchObject({
    slot: ["team"],
    door: { "easyhaproxy.http.host": "shop.example.com", "traefik.enable": "true" },
  });
  const { slot, door } = placed(files);
  expect(slot).toEqual(["easyhaproxy.http.host", "team"]);
  expect(door).not.toHaveProperty("easyhaproxy.http.host");
});

it("they make a service one that a proxy leads to, on a network that is there for that alone", () => {
  const e2e = { image: "shop", labels: { "easyhaproxy.http.host": "a" } };
  const roles = (prefixes: readonly string[]) =>
    classifyServices(withLabelPrefixes({ name: "shop", services: { e2e } }, prefixes)).map(({ role }) => role);
  expect([roles([]), roles(["easyhaproxy."])]).toEqual([["tool"], ["web"]]);

  const web = { image: "shop", labels: { "easyhaproxy.http.host": "a" }, networks: { proxy: null } };
  const joined = (prefixes: readonly string[]) => {
    const model = withLabelPrefixes({ ...files, services: { web } }, prefixes);
    return joinedExternals(model, factsOf(model, { web: { role: "web", strategy: "slots" } }), "web");
  };
  expect(joined([])).toHaveLength(1);
  expect(joined(["easyhaproxy."])).toEqual([]);
});

it("they are kept beside what else is noted, and nothing is where none are named", () => {
  const named = withLabelPrefixes(files, ["easyhaproxy."]);
  expect(labelPrefixes(named)).toEqual(["easyhaproxy."]);
  expect(named["x-sluice"]).toEqual({ checkout: "/srv/shop", proxyLabels: ["easyhaproxy."] });
  expect(withLabelPrefixes(files, [])).toBe(files);
  expect(labelPrefixes({ name: "shop", services: {} })).toEqual([]);
});

it("the network that Caddy is told to come by is told to the door, too", () => {
  const told = { caddy: "a", caddy_ingress_network: "edge", caddy_ingress_networks: "b" };
  const web = { image: "shop", labels: told, networks: { proxy: null } };
  expect(placed({ ...files, services: { web } }).door).toEqual({ caddy: "a", caddy_ingress_network: "edge" });
});

describe("variables by which nginx-proxy finds what it serves", () => {
  const inSlot = (environment: Readonly<Record<string, string | null>>) => {
    const web = { image: "shop", networks: { proxy: null }, environment };
    const model = { ...files, services: { web } };
    const request = slotRequestOf(model, factsOf(model, { web: { role: "web", strategy: "slots" } }));
    return Object.keys(slotModel(request, { subnets: { proxy: "10.213.0.0/28" } }).services["web"]?.environment ?? {});
  };

  it("are the door's; what else it reads of a container that it found stays the application's, too", () => {
    const others = { VIRTUAL_PORT: "80", VIRTUAL_PATH: "/a", LETSENCRYPT_EMAIL: "a@b.c", VIRTUAL_ENV: "/venv" };
    const found = { VIRTUAL_HOST: "a.b", LETSENCRYPT_HOST: "a.b" };
    expect(inSlot({ ...found, ...others })).toEqual(Object.keys(others));
    expect(inSlot({ VIRTUAL_HOST_MULTIPORTS: "a.b: {}", ...others })).toEqual(Object.keys(others));
  });

  it("are the application's own where they tell a proxy nothing", () => {
    const own = { LETSENCRYPT_HOST: "a.b", LETSENCRYPT_EMAIL: "a@b.c", VIRTUAL_PROTO: "https" };
    expect(inSlot(own)).toEqual(Object.keys(own));
    expect(inSlot({ VIRTUAL_HOST: "", ...own })).toEqual(["VIRTUAL_HOST", ...Object.keys(own)]);
    expect(inSlot({ VIRTUAL_HOST: null, ...own })).toEqual(["VIRTUAL_HOST", ...Object.keys(own)]);
  });
});
