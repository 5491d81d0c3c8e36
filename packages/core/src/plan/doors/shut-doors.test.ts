import { expect, it } from "vitest";
import { aContainer, aDoor, aService, aStack } from "../../testing/index.ts";
import { shutDoors } from "./shut-doors.ts";

const routing = { stable: "blue", share: 0, salt: 0 } as const;
const services = [aService("web"), aService("worker", { role: "worker" })];

it.each([
  [{ state: "stopped", routing: null }, ["web"]],
  [{ state: "absent", routing: null, containerId: null }, ["web"]],
  [{ isUnreached: true }, ["web"]],
  [{ state: "outdated" }, []],
  // One that says nothing may lead users where it always did.
  [{ routing: null }, []],
] as const)("users come in by a door that runs and is on its networks: %o", (seen, shut) => {
  expect(shutDoors(aStack({ doors: { web: aDoor("web", routing, seen) } }), services)).toEqual(shut);
});

it("no other doors count than those of the release that serves", () => {
  const doors = { web: aDoor("web", routing), api: aDoor("api", null, { state: "absent" }) };
  expect(shutDoors(aStack({ doors }), services)).toEqual([]);
});

it("what plain Compose serves beside a door that is made is reached", () => {
  const cutsOver = aDoor("web", { ...routing, share: 100 }, { isUnreached: true });
  expect(shutDoors(aStack({ doors: { web: cutsOver }, plain: [aContainer("web")] }), services)).toEqual([]);
});
