import { aConfig, aRelease, aService, aStack } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { hasOtherPlace, isChangeOfRoute, portsMoved, type RollbackFacts } from "./rollback-facts.ts";

const port = (published: number) => [{ published, target: 3000, protocol: "tcp" }] as const;
const services = [aService("web"), aService("db", { role: "data" })];
const live = { slot: "blue", release: "v2", share: 100 } as const;
const [v1, v2] = [aRelease("v1", { services }), aRelease("v2", { services })];

const factsWith = (overrides: Partial<RollbackFacts> = {}): RollbackFacts => ({
  config: aConfig(),
  target: v1.bundle,
  release: v1,
  left: v2,
  live,
  observed: aStack({ services, live, warm: "v1" }),
  changesPlace: false,
  isDataAnew: false,
  differing: [],
  orphans: [],
  held: [],
  inSlots: {},
  transfers: [],
  ...overrides,
});

describe("going back is a change of route", () => {
  it("where the target is warm", () => {
    expect(isChangeOfRoute(factsWith())).toBe(true);
  });

  const api = aService("api", { ports: port(8080) });
  const giver = { service: "web", place: "door", role: "web", ports: port(8080) } as const;
  const taker = { ...giver, service: "db", place: "base", role: "data" } as const;
  it.each<[string, Partial<RollbackFacts>]>([
    ["what is warm is another release", { observed: aStack({ services, live, warm: "v0" }) }],
    ["nothing is warm", { observed: aStack({ services, live }) }],
    ["data begins empty", { isDataAnew: true }],
    ["a service changes its place", { changesPlace: true }],
    ["the port of a door goes to another service", { left: aRelease("v2", { services: [api] }) }],
    ["a port changes hands", { transfers: [{ port: port(8080)[0], giver, taker }] }],
    ["no door can lead to both", { left: aRelease("v2", { services: [aService("web", { port: 4000, ports: [] })] }) }],
  ])("and not where %s", (_name, overrides) => {
    expect(isChangeOfRoute(factsWith(overrides))).toBe(false);
  });
});

it("ports are moved by what both releases say, and by what the doors show where the one that is left is not stored", () => {
  const moved = aRelease("v2", { services: [aService("web", { port: 4000, ports: [] })] });
  const { doors } = aStack({ services, live });
  expect(portsMoved(factsWith(), doors)).toEqual({});
  expect(Object.keys(portsMoved(factsWith({ left: moved }), doors))).toEqual(["web"]);
  const outdated = { web: { ...doors["web"], state: "outdated" as const, reason: "other ports" } } as typeof doors;
  expect(portsMoved(factsWith({ left: null }), doors)).toEqual({});
  expect(Object.keys(portsMoved(factsWith({ left: null }), outdated))).toEqual(["web"]);
  expect(portsMoved(factsWith({ left: null, live: null }), outdated)).toEqual({});
});

it.each([
  ["in slots here and in base there", aService("web", { strategy: "recreate" }), true],
  ["in slots in both", aService("web"), false],
  ["not active there", aService("web", { strategy: "recreate", active: false }), false],
  ["not there", aService("api", { strategy: "recreate" }), false],
])("a service that is %s", (_name, other, expected) => {
  expect(hasOtherPlace(v1.bundle, aRelease("v2", { services: [other] }))).toBe(expected);
  expect(hasOtherPlace(v1.bundle, null)).toBe(false);
});
