import { describe, expect, it } from "vitest";
import { isInSlot } from "../../model/placement.ts";
import type { PublishedPort, ServiceFacts } from "../../model/service.ts";
import { aConfig, aService, aStack } from "../../testing/index.ts";
import { planDeployment } from "../plan-deployment.ts";
import { assertPortsFree } from "./assert-ports-free.ts";
import { portHeirs } from "./moved-ports.ts";
import { portTransfers } from "./port-transfers.ts";

const at = (...published: readonly number[]): { ports: readonly PublishedPort[] } => ({
  ports: published.map((one) => ({ published: one, target: 3000, protocol: "tcp" })),
});
const web = (name: string, ...published: number[]) => aService(name, at(...published));
const edge = (...published: number[]) => aService("proxy", { role: "edge", ...at(...published) });
const support = (name: string, ...published: number[]) => aService(name, { role: "support", ...at(...published) });
const recreated = (name: string, ...published: number[]) =>
  aService(name, { strategy: "recreate", ...at(...published) });
const app = web("app");

/** What the plan between two releases does about doors and base; throws where it would be refused. */
function moves(before: readonly ServiceFacts[], after: readonly ServiceFacts[], isRollback = false): readonly string[] {
  const stack = aStack({ services: before, live: { slot: "blue", release: "r-1" } });
  const goes = (name: string) => after.some((service) => service.name === name && isInSlot(service));
  // Whatever of base the release wants otherwise is changed.
  const observed = {
    ...stack,
    // What goes into slots is seen as what it replaces, not as base.
    plain: Object.values(stack.base).flatMap(({ service, containers }) => (goes(service) ? containers : [])),
    base: Object.fromEntries(
      Object.entries(stack.base)
        .filter(([name]) => !goes(name))
        .map(([name, seen]) => {
          const wanted = after.find((one) => one.name === name);
          const isSame = JSON.stringify(wanted) === JSON.stringify(before.find((one) => one.name === name));
          return [name, isSame ? seen : { ...seen, state: "changed" as const, reason: "it changed" }];
        }),
    ),
    doors: Object.fromEntries(
      Object.entries(stack.doors).map(([name, door]) => {
        const [old, wanted] = [before, after].map((all) => all.find((one) => one.name === name)?.ports);
        const isSame = JSON.stringify(old) === JSON.stringify(wanted);
        return [name, isSame ? door : { ...door, state: "outdated" as const, reason: "its ports changed" }];
      }),
    ),
  };
  const plan = planDeployment(
    {
      tag: "v2",
      services: after,
      config: aConfig({ rollout: { steps: [10, 100] } }),
      bundleId: isRollback ? "r-0" : null,
      imagesOf: null,
      wasLive: isRollback,
      isRollback,
      prunable: [],
      replaced: before,
      heirs: portHeirs(before, after),
    },
    observed,
  );
  assertPortsFree(plan, portTransfers(before, after, observed), { tag: "v2", services: after });
  const telling = ["shift", "door", "close", "base", "recreate"];
  return plan.steps.flatMap((step) => {
    if (step.kind === "adopt") return [`adopt ${step.services.join(", ")}`];
    if (!telling.includes(step.kind)) return [];
    return [step.kind === "shift" ? `shift ${step.share}` : `${step.kind} ${"service" in step ? step.service : ""}`];
  });
}

describe("a port that changes hands at the cutover", () => {
  it.each<readonly [string, readonly ServiceFacts[], readonly ServiceFacts[], readonly string[]]>([
    [
      "goes from a door to an edge that is put before it",
      [web("web", 80)],
      [web("web", 8080), edge(80)],
      ["door web", "base proxy", "shift 100"],
    ],
    [
      "goes back from the edge to the door",
      [web("web", 8080), edge(80)],
      [web("web", 80), edge(8443)],
      ["base proxy", "door web", "shift 100"],
    ],
    [
      "goes on from one to the next",
      [web("web", 80), web("api", 81), edge(82)],
      [web("web", 81), web("api", 82), edge(83)],
      ["base proxy", "door api", "door web", "shift 100"],
    ],
    [
      "goes from one door to another that stays",
      [web("web", 80), web("api", 81)],
      [web("web", 82), web("api", 80)],
      ["door web", "door api", "shift 100"],
    ],
    [
      "goes between two that are replaced stop-first, whichever comes first",
      [app, recreated("a", 80), recreated("b")],
      [app, recreated("b", 80), recreated("a")],
      ["shift 10", "recreate a", "recreate b", "shift 100"],
    ],
    [
      "goes between two that go into slots, whichever comes first",
      [app, recreated("a", 80), recreated("b", 81)],
      [app, web("b", 80), web("a", 82)],
      ["shift 10", "adopt a, b", "shift 100"],
    ],
    [
      "goes from a door that the release has no more",
      [app, web("web", 80)],
      [app, edge(80)],
      ["shift 10", "close web", "base proxy", "shift 100"],
    ],
    [
      "stays with what is an edge from now on",
      [app, web("proxy", 80)],
      [app, edge(80)],
      ["shift 10", "shift 100", "close proxy", "base proxy"],
    ],
    [
      "stays with what is support from now on",
      [app, web("dash", 80)],
      [app, support("dash", 80)],
      ["shift 10", "close dash", "base dash", "shift 100"],
    ],
  ])("%s", (_title, before, after, expected) => {
    expect(moves(before, after)).toEqual(expected);
  });
});

describe("a port that cannot change hands in one release", () => {
  it.each<readonly [string, readonly ServiceFacts[], readonly ServiceFacts[], RegExp]>([
    [
      "is one of two that are swapped",
      [web("web", 80), edge(81)],
      [web("web", 81), edge(80)],
      /is made before .* gives it up$/,
    ],
    [
      "is one of two that are swapped as both go into slots",
      [app, recreated("a", 80), recreated("b", 81)],
      [app, web("a", 81), web("b", 80)],
      /is made before . gives it up$/,
    ],
    [
      "goes from a worker to be, which stops with the workers",
      [app, recreated("a", 80), recreated("b", 81)],
      [app, aService("a", { role: "worker" }), web("b", 81), edge(80)],
      /: proxy is made before a gives it up$/,
    ],
    [
      "goes to what the candidate needs",
      [web("web", 80)],
      [web("web", 81), support("dash", 80)],
      /^port 80 cannot go from the door of web to dash, which publishes it in v2: dash is made before the door of web gives it up$/,
    ],
    [
      "goes from what the candidate needs",
      [app, support("dash", 80), edge(81)],
      [app, support("dash", 82), edge(80)],
      /: nobody would have it between dash and proxy, while the plan goes on \(\w+-1\)$/,
    ],
  ])("%s", (_title, before, after, message) => {
    const refused = (hint: RegExp) =>
      expect.objectContaining({
        code: "RELEASE_REFUSED",
        exitCode: 10,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
    expect(() => moves(before, after)).toThrowError(refused(/^do it in two releases: /));
    expect(() => moves(before, after, true)).toThrowError(refused(/^deploy a release first .*, then go back to v2/));
  });
});
