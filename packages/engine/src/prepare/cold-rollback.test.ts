import type { ObservedBaseService } from "@sluice/core";
import { aBundle, aContainer, aService, aStack } from "@sluice/testing";
import { expect, it } from "vitest";
import { keptData, leftOutFinding } from "./cold-rollback.ts";

const services = [aService("db", { role: "data" }), aService("mail", { role: "support" })];
const seen = (service: string, changes: Partial<ObservedBaseService> = {}): ObservedBaseService => ({
  service,
  state: "changed",
  reason: "its configuration changed",
  containers: [aContainer(service)],
  ...changes,
});
const kept = (...base: readonly ObservedBaseService[]) => {
  const observed = aStack({ base: Object.fromEntries(base.map((one) => [one.service, one])) });
  return Object.values(keptData(observed, aBundle("v1", { services }))).map(({ service, state }) => [service, state]);
};

it("data stays as it runs, and nothing else does", () => {
  expect(kept(seen("db"), seen("mail"))).toEqual([
    ["db", "current"],
    ["mail", "changed"],
  ]);
});

it("data that does not run is made as the release has it", () => {
  expect(kept(seen("db", { containers: [aContainer("db", { state: "exited" })] }))).toEqual([["db", "changed"]]);
  expect(kept(seen("db", { state: "absent", containers: [] }))).toEqual([["db", "absent"]]);
});

it("a check that is left out is told with the way to have it", () => {
  expect(leftOutFinding("api", aBundle("v1"))).toMatchObject({
    code: "check-left-out",
    message: "checks of api are left out: v1 has no such service",
  });
});
