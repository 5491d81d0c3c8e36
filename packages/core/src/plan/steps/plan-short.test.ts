import { describe, expect, it } from "vitest";
import type { ServiceFacts } from "../../model/service.ts";
import { aConfig, aContainer, aService, aStack } from "../../testing/index.ts";
import { formatPlan } from "../format-plan.ts";
import { planDeployment } from "../plan-deployment.ts";

const services = [aService("web"), aService("worker", { role: "worker" }), aService("db", { role: "data" })];
const live = { slot: "blue", release: "r-1" } as const;

/** The release that serves, once more. */
const desired = ({ services: wanted = services }: { readonly services?: readonly ServiceFacts[] } = {}) => ({
  tag: "v1",
  services: wanted,
  config: aConfig(),
  bundleId: "r-1",
  imagesOf: null,
  wasLive: true,
  prunable: [],
});

describe("the plan of", () => {
  it("a live release of which a worker is gone and a replica is down: they come back beside what runs", () => {
    const scaled = services.map((service) => (service.name === "web" ? { ...service, replicas: 2 } : service));
    const stack = aStack({ services, live });
    const containers = [aContainer("web", { id: "1" }), aContainer("web", { id: "2", state: "exited" })];
    const observed = { ...stack, slots: { ...stack.slots, blue: { ...stack.slots.blue, containers } } };
    const plan = planDeployment(desired({ services: scaled }), observed);
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      "1. networks  links of blue        (web, worker must reach base)
      2. start     web, worker in blue  (web runs in 1 of 2 containers; worker runs in 0 of 1 containers)"
    `);
    expect(plan.steps.at(-1)).toMatchObject({ slot: "blue", services: ["web", "worker"], mends: true });
  });

  it("a live release of which one container is paused and one was taken from its networks: it is put right", () => {
    const stack = aStack({ services, live });
    const containers = stack.slots.blue.containers.map((one) =>
      one.service === "worker" ? { ...one, state: "paused" as const } : one,
    );
    const cutOff = (["blue", "green"] as const).map((slot) => ({
      slot,
      service: "web",
      container: "shop-blue-web-1",
      networks: ["shop-blue_default", "shop-blue_link_default"],
    }));
    const observed = { ...stack, cutOff, slots: { ...stack.slots, blue: { ...stack.slots.blue, containers } } };
    const plan = planDeployment(desired(), observed);
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      "1. networks  links of blue        (web, worker must reach base)
      2. start     web, worker in blue  (web can work in 0 of 1 containers; shop-blue-web-1 is cut off from shop-blue_default, shop-blue_link_default; worker runs in 0 of 1 containers)"
    `);
    expect(plan.steps.at(-1)).toMatchObject({ slot: "blue", services: ["web", "worker"], mends: true });
  });

  it("a container that was taken from networks in the slot that does not serve: that is nobody's loss", () => {
    const lost = { slot: "green", service: "web", container: "shop-green-web-1", networks: ["shop-green_default"] };
    const observed = aStack({ services, live, warm: "r-0", cutOff: [{ ...lost, slot: "green" }] });
    expect(planDeployment(desired(), observed).steps).toEqual([]);
  });
});
