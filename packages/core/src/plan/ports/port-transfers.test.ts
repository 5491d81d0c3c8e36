import { describe, expect, it } from "vitest";
import type { ServiceFacts } from "../../model/service.ts";
import { aContainer, aDoor, aService, aStack } from "../../testing/index.ts";
import { portTransfers } from "./port-transfers.ts";

const web = (name: string, published: number, change: Partial<ServiceFacts> = {}, hostIp = "") =>
  aService(name, { ports: [{ published, target: 3000, protocol: "tcp", hostIp }], ...change });
/** Doors of the release before run, and nothing of it in base. */
const seenOf = (before: readonly ServiceFacts[]) => ({
  ...aStack({ services: before, live: { slot: "blue", release: "r-1" } }),
  base: {},
});
const between = (before: readonly ServiceFacts[], after: readonly ServiceFacts[], seen = seenOf(before)) =>
  portTransfers(before, after, seen).map(({ giver, taker }) => `${giver.service} to ${taker.service}`);

describe("the ports that change hands", () => {
  it.each([
    ["a door takes one of another", [web("app", 80), web("api", 81)], [web("app", 82), web("api", 80)], ["app to api"]],
    [
      "two swap theirs",
      [web("app", 80), web("api", 81)],
      [web("app", 81), web("api", 80)],
      ["api to app", "app to api"],
    ],
    ["a service leaves the slots", [web("app", 80)], [web("app", 80, { role: "edge" })], ["app to app"]],
    ["one takes it at all addresses", [web("app", 80, {}, "10.0.0.1")], [web("api", 80)], ["app to api"]],
  ])("are told where %s", (_title, before, after, expected) => {
    expect(between(before, after)).toEqual(expected);
  });

  it.each([
    [
      "at another address",
      [web("app", 80, {}, "10.0.0.1")],
      [web("app", 80, {}, "10.0.0.1"), web("api", 80, {}, "10.0.0.2")],
    ],
    [
      "of the other kind of addresses",
      [web("app", 80, {}, "0.0.0.0"), web("api", 81, {}, "0.0.0.0")],
      [web("app", 81, {}, "[::]"), web("api", 80, {}, "::")],
    ],
    ["which the engine chooses", [web("app", 0)], [web("app", 0), web("api", 0)]],
    ["of its own", [web("app", 80), web("api", 81)], [web("app", 82), web("api", 81)]],
    ["of what is in base and does not run", [web("app", 80, { role: "edge" })], [web("api", 80)]],
    ["of a service that is not active", [web("app", 80, { active: false })], [web("api", 80)]],
  ])("are none %s", (_title, before, after) => {
    expect(between(before, after)).toEqual([]);
  });

  it("are also those of base that runs", () => {
    const before = [web("app", 80, { role: "edge" })];
    const seen = { ...seenOf(before), orphans: [aContainer("app")] };
    expect(between(before, [web("api", 80)], seen)).toEqual(["app to api"]);
  });

  const [before, after] = [[web("app", 80)], [web("api", 80)]];
  const dead = [
    ["is gone", {}],
    ["is stopped", { app: aDoor("app", null, { state: "stopped" as const }) }],
  ] as const;

  it.each(dead)("are none of a door that %s where nothing else runs", (_how, doors) => {
    expect(between(before, after, { ...aStack(), doors })).toEqual([]);
  });

  it.each(dead)("are those of a door that %s where its slot runs: it is brought back first", (_how, doors) => {
    expect(between(before, after, { ...seenOf(before), doors })).toEqual(["app to api"]);
  });
});
