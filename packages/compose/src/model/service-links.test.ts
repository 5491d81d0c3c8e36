import { expect, it } from "vitest";
import { factsOf, slotRequestOf } from "../../test/support/slot-request.ts";
import { doorFacts } from "./door-facts.ts";
import { serviceLinks } from "./service-links.ts";
import { slotModel } from "./slot-model.ts";

const networks = { default: null };
const model = {
  name: "shop",
  services: {
    db: { image: "postgres", networks },
    web: { image: "shop", ports: [{ target: 80 }], networks, links: ["db:database", "worker:aide", "worker"] },
    worker: { image: "shop", command: ["worker"], networks },
  },
};

it("a link is to a service, under its own name unless it says another", () => {
  expect(serviceLinks(model.services.web)).toEqual([
    { service: "db", alias: "database" },
    { service: "worker", alias: "aide" },
    { service: "worker", alias: "worker" },
  ]);
  expect(serviceLinks(undefined)).toEqual([]);
});

it("links to services of the slot stay in its model; those to base need another way", () => {
  const slot = slotModel(slotRequestOf(model, factsOf(model)), { subnets: { default: "10.213.0.0/28" } });
  expect(slot.services["web"]?.["links"]).toEqual(["worker:aide", "worker:worker"]);
  expect(slot.services["worker"]).not.toHaveProperty("links");
});

it("a door answers to the names that others link its service by, and to the container that they linked to", () => {
  const nginx = { image: "nginx", networks, links: ["web:app"] };
  const linked = { ...model, services: { ...model.services, nginx } };
  expect(doorFacts(linked, "web").networks).toMatchObject([{ aliases: ["web", "app", "shop-web-1"] }]);
  expect(doorFacts(model, "web").networks).toMatchObject([{ aliases: ["web"] }]);
});
