import { aService } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import { cutOffContainers } from "./cut-off.ts";

const ports = [{ target: 80, published: "80", protocol: "tcp" }];
const model = {
  name: "shop",
  services: {
    web: { image: "a", ports, networks: { front: null, back: null, outside: null } },
    hidden: { image: "a", ports, networks: { back: null, proxied: null } },
    worker: { image: "b", network_mode: "none", command: ["work"] },
    edge: { image: "traefik:3", networks: { proxied: null } },
    db: { image: "postgres:17", networks: { back: null } },
  },
  networks: {
    front: { name: "shop_front" },
    back: { name: "shop_back" },
    outside: { name: "theirs", external: true },
    proxied: { name: "traefik", external: true },
  },
};
const services = factsOf(model, { worker: { role: "worker" }, edge: { role: "edge" } });
const all = ["shop-blue_back", "shop-blue_front", "shop-blue_outside"];
const linked = ["shop-blue_link_back", "shop-blue_link_front", "shop-blue_link_outside"];
const present = new Set([...all, "shop-blue_proxied", ...linked, "theirs", "more", "none"]);

/** @param joined what its label says; `null` for none */
function container(service: string, networks: readonly string[], joined: readonly string[] | null = ["theirs"]) {
  const label = joined ? { "dev.sluice.joined": JSON.stringify(joined) } : {};
  return {
    Name: `/shop-blue-${service}-1`,
    Config: { Labels: { "com.docker.compose.service": service, ...label } },
    NetworkSettings: { Networks: Object.fromEntries(networks.map((name) => [name, {}])) },
  } as unknown as Parameters<typeof cutOffContainers>[1][number];
}
const found = (containers: readonly ReturnType<typeof container>[], parts: object = {}) =>
  cutOffContainers({ model, services, present, ...parts }, containers, "blue");

it("a container that is on all that it was made with is cut off from nothing", () => {
  expect(found([container("web", [...all, ...linked, "theirs", "more"])])).toEqual([]);
});

it("networks of its slot, links and networks of others that a container lacks are named", () => {
  expect(found([container("web", ["shop-blue_front", "shop-blue_outside", ...linked.slice(1)])])).toEqual([
    {
      slot: "blue",
      service: "web",
      container: "shop-blue-web-1",
      networks: ["shop-blue_back", "theirs", "shop-blue_link_back"],
      isUnlinked: false,
    },
  ]);
  expect(found([container("web", [])])).toMatchObject([{ networks: [...all, "theirs", ...linked], isUnlinked: true }]);
});

it("a network that only an edge reaches it by carries no link and is not joined, unlike the slot's own of that name", () => {
  expect(found([container("hidden", ["shop-blue_back", "shop-blue_proxied", "shop-blue_link_back"])])).toEqual([]);
});

it("on no link any more, no door reaches it: whether the links are still on the engine does not matter", () => {
  expect(found([container("web", [...all, "theirs"])])).toMatchObject([{ networks: linked, isUnlinked: true }]);
});

it("a network that a stopped container still names is lacked once it is not on the engine any more", () => {
  const pruned = new Set([...present].filter((name) => name !== "shop-blue_link_back"));
  expect(found([container("web", [...all, ...linked, "theirs"])], { present: pruned })).toMatchObject([
    { service: "web", networks: ["shop-blue_link_back"], isUnlinked: false },
  ]);
});

it("what has no network by design lacks none, nor what the project does not know or has elsewhere", () => {
  expect(found([container("worker", ["none"]), container("gone", []), container("db", [])])).toEqual([]);
  const inBase = [aService("web", { strategy: "recreate" }), aService("hidden", { active: false })];
  expect(found([container("web", []), container("hidden", [])], { services: inBase })).toEqual([]);
});

it("a container that another Sluice made has lost no external network that it did not join, nor its link", () => {
  const before = ["shop-blue_link_back", "shop-blue_link_front"];
  expect(found([container("web", [...all, ...before], null)])).toEqual([]);
  expect(found([container("web", [...all, ...linked], [])])).toEqual([]);
  expect(found([container("web", [...all, ...linked])])).toMatchObject([{ networks: ["theirs"], isUnlinked: false }]);
});

it("one without the label has lost what it had in any case: networks of its slot, links of the project's, and some link", () => {
  const networks = (on: readonly string[]) => found([container("web", on, null)]).flatMap((one) => one.networks);
  expect(networks(["shop-blue_back", "shop-blue_link_front"])).toEqual([
    "shop-blue_front",
    "shop-blue_outside",
    "shop-blue_link_back",
  ]);
  expect(found([container("web", all, null)])).toMatchObject([{ networks: linked, isUnlinked: true }]);
});

it("on external networks alone, one without the label is not cut off while it is on a link of one of them", () => {
  const web = { image: "a", ports, networks: { outside: null, proxied: null } };
  const any = { ...model, services: { ...model.services, web, edge: model.services.db } };
  const parts = { model: any, services: factsOf(any, { web: { role: "web", strategy: "slots" } }) };
  const own = ["shop-blue_outside", "shop-blue_proxied"];
  expect(found([container("web", [...own, "shop-blue_link_outside"], null)], parts)).toEqual([]);
  expect(found([container("web", own, null)], parts)).toMatchObject([{ isUnlinked: true }]);
});
