import type { Orphan } from "@sluice/core";
import { aConfig, aContainer, aRelease, aService, aStack } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { planWarm, publishedOtherwise, waysIn } from "./warm-rollback.ts";

const services = [aService("web"), aService("db", { role: "data" })];
const orphan = (service: string, role: "edge" | "support" | "data"): Orphan => ({
  service,
  facts: aService(service, { role }),
  containers: [aContainer(service)],
});
const held = (service: string) => ({ severity: "error", code: "orphan", service, message: "it has a port" }) as const;
const target = aRelease("v1", { services }).bundle;
const names = (orphans: readonly Orphan[]) => orphans.map(({ service }) => service);

describe("what may be how users come in", () => {
  it("is an edge where the target has none, and what has a port that the target needs", () => {
    const orphans = [orphan("proxy", "edge"), orphan("board", "support"), orphan("mail", "support")];
    expect(names(waysIn(orphans, [held("board")], target))).toEqual(["proxy", "board"]);
    const withEdge = aRelease("v1", { services: [...services, aService("nginx", { role: "edge" })] }).bundle;
    expect(names(waysIn(orphans, [], withEdge))).toEqual([]);
  });

  it("is nothing that is never removed", () => {
    expect(waysIn([orphan("store", "data")], [held("store")], target)).toEqual([]);
  });
});

it("doors are published otherwise whose ports differ in the models", () => {
  const other = aRelease("v2", { services });
  const web = { ...other.model.services["web"], ports: [{ target: 3000, published: "9090", protocol: "tcp" }] };
  const changed = { ...other, model: { ...other.model, services: { ...other.model.services, web } } };
  const v1 = aRelease("v1", { services });
  expect(publishedOtherwise(v1, changed)).toEqual(["web"]);
  expect(publishedOtherwise(v1, other)).toEqual([]);
  expect(publishedOtherwise(v1, null)).toEqual([]);
});

it("a way in stays, which is told, and what is none goes with the release that is left", () => {
  const live = { slot: "blue", release: "v2", share: 100 } as const;
  const { plan, told } = planWarm({
    config: aConfig(),
    target,
    release: aRelease("v1", { services }),
    left: aRelease("v2", { services }),
    live,
    observed: aStack({ services, live, warm: "v1" }),
    changesPlace: false,
    isDataAnew: false,
    differing: [],
    orphans: [orphan("proxy", "edge"), orphan("mail", "support")],
    held: [],
    inSlots: {},
    transfers: [],
  });
  expect(told).toMatchObject([{ code: "orphan-stays", service: "proxy" }]);
  expect(plan.steps.flatMap((step) => (step.kind === "remove" ? [step.service] : []))).toEqual(["mail"]);
});
