import { describe, expect, it } from "vitest";
import type { ServiceFacts } from "../../model/service.ts";
import { aContainer, aService, aStack } from "../../testing/index.ts";
import { planRecovery } from "../recovery/recovery.ts";
import { collectSteps } from "./collect-steps.ts";
import {
  collectRemovals,
  heldByOrphans,
  keptOrphans,
  lostOrphans,
  mayRemove,
  type Orphan,
  orphanHeirs,
  orphansOf,
} from "./orphans.ts";

const cache = aService("cache", { role: "support", stopGraceMs: 20_000 });
const queue = aService("queue", { role: "data" });
const observed = aStack({ orphans: [aContainer("cache"), aContainer("queue"), aContainer("stray")] });
const verdicts = (found: readonly Orphan[]) =>
  found.map((orphan) => `${orphan.service} ${orphan.facts?.role ?? "unknown"} ${mayRemove(orphan) ? "goes" : "stays"}`);

describe("containers in base of services that a release has not", () => {
  it("go where a release of ours had them in base, but for data and what is not known", () => {
    expect(verdicts(orphansOf(observed, [aService("web")], [[cache, queue]]))).toEqual([
      "cache support goes",
      "queue data stays",
      "stray unknown stays",
    ]);
  });

  it("are none where the release has the service in whatever way, or it was a job", () => {
    const services = [aService("stray", { active: false }), aService("queue")];
    const known = [[aService("cache", { role: "job" })], [cache]];
    expect(orphansOf(observed, services, known)).toEqual([]);
  });

  it("go, too, where its profile is not active, unless a person has made them", () => {
    const services = ["cache", "queue", "stray"].map((name) => aService(name, { active: false }));
    const found = (containers = observed, serving: readonly ServiceFacts[] = []) =>
      orphansOf(containers, services, [[cache, queue]], serving);
    expect(verdicts(found())).toEqual(["cache support goes", "queue data stays"]);
    expect(keptOrphans(found()).map(({ message }) => message)).toEqual([
      "queue is in none of the active profiles, and shop-queue-1 runs on: data is never removed unasked",
    ]);
    const { steps, add } = collectSteps();
    collectRemovals(add, found(), new Map()).rest();
    expect(steps).toMatchObject([{ cause: "cache is in none of the active profiles; its volumes stay" }]);
    const byHand = aStack({ orphans: [aContainer("cache", { byPlainCompose: true })] });
    expect(found(byHand)).toEqual([]);
    expect(found(byHand, [{ ...cache, active: false }])).toEqual([]);
    expect(verdicts(found(byHand, [cache]))).toEqual(["cache support goes"]);
    expect(orphansOf(observed, [...services, cache, queue], [[cache, queue]])).toEqual([]);
  });

  it("stay where any release has called them data, and where the newest has them in slots", () => {
    const known = [
      [aService("cache"), aService("queue", { role: "support" })],
      [cache, queue],
    ];
    expect(verdicts(orphansOf(observed, [], known))).toEqual([
      "cache unknown stays",
      "queue data stays",
      "stray unknown stays",
    ]);
  });

  it("are found among those of the checkout, too", () => {
    const base = {
      cache: { service: "cache", state: "current", reason: "", containers: [aContainer("cache")] },
    } as const;
    expect(verdicts(orphansOf(aStack({ base }), [], [[cache]]))).toEqual(["cache support goes"]);
  });

  it("are named with the command that removes them only while they run", () => {
    const orphans = orphansOf(observed, [], [[cache, queue]]);
    expect(keptOrphans(orphans).map(({ severity, code, hint }) => `${severity} ${code} ${hint}`)).toEqual([
      "warn orphan-data docker stop shop-queue-1 && docker rm shop-queue-1 removes it; its volumes stay",
      "info orphan-unknown docker stop shop-stray-1 && docker rm shop-stray-1 removes it; its volumes stay",
    ]);
    const ended = aStack({
      orphans: [aContainer("queue", { state: "exited" }), aContainer("old", { state: "created" })],
    });
    expect(keptOrphans(orphansOf(ended, [], [[queue]]))).toEqual([]);
  });
});

it("a port that a door is to publish is named with who holds it while it runs", () => {
  const port = (published: number) => [{ published, target: 80, protocol: "tcp" }] as const;
  const facts = aService("nginx", { role: "edge", ports: port(80) });
  const nginx = (state: "running" | "exited" = "running") => ({
    service: "nginx",
    facts,
    containers: [aContainer("nginx", { state })],
  });
  const held = (service: ReturnType<typeof aService>, state: "running" | "exited" = "running") =>
    heldByOrphans([nginx(state)], [service]);
  expect(held(aService("web", { ports: port(80) }))).toMatchObject([
    {
      severity: "error",
      code: "orphan-holds-port",
      message: "shop-nginx-1 holds a port that web is to be reached at, and the release has no nginx",
      hint: expect.stringContaining("docker stop shop-nginx-1 just before"),
    },
  ]);
  expect(held(aService("web", { ports: port(80) }), "exited")).toEqual([]);
  expect(held(aService("web", { ports: port(81) }))).toEqual([]);
  expect(held(aService("web", { ports: port(80), active: false }))).toEqual([]);
  expect(held(aService("web", { ports: port(80), strategy: "recreate" }))).toEqual([]);
  // An undo puts it back.
  expect(heldByOrphans([nginx()], [aService("web", { ports: port(80) })], [facts])).toEqual([]);
});

it("who holds a port that another one takes is named while it runs, unless the release that serves has it in base", () => {
  const port = (published: number) => [{ published, target: 80, protocol: "tcp" }] as const;
  const facts = aService("nginx", { role: "edge", ports: port(80) });
  const caddy = aService("caddy", { role: "edge", ports: port(80) });
  const lost = (serving: ReturnType<typeof aService>, services = [caddy], state: "running" | "exited" = "running") =>
    lostOrphans(
      [{ service: "nginx", facts, containers: [aContainer("nginx", { state })] }],
      services,
      [serving],
      aStack(),
    );
  const other = aService("web");
  expect(lost(other)).toEqual([
    {
      severity: "error",
      code: "orphan-holds-port",
      service: "nginx",
      message:
        "shop-nginx-1 holds a port that caddy takes, and is part of no release that serves: it could not be put back",
      hint: "docker stop shop-nginx-1 just before you try again, or keep nginx and its port",
    },
  ]);
  expect(lost({ ...facts, active: false })).toHaveLength(1);
  expect(lost(aService("nginx"))).toHaveLength(1);
  expect(lost(facts)).toEqual([]);
  expect(lost(other, [caddy], "exited")).toEqual([]);
  expect(lost(other, [{ ...caddy, active: false }])).toEqual([]);
  expect(lost(other, [{ ...caddy, ports: port(81) }])).toEqual([]);
});

describe("steps that remove", () => {
  const port = (published: number) => [{ published, target: 80, protocol: "tcp" }] as const;
  const proxy = aService("proxy", { role: "edge", dependsOn: ["cache"], ports: port(80) });
  const orphan = (facts: typeof cache): Orphan => ({ service: facts.name, containers: [], facts });

  it("take who depends on others first, each once, within its grace", () => {
    const { steps, add } = collectSteps();
    const fresh = [aService("entry", { role: "edge", ports: port(80) })];
    const orphans = [orphan(cache), orphan(queue), orphan(proxy)];
    const removals = collectRemovals(add, orphans, orphanHeirs(orphans, fresh, [], aStack()));
    removals.before([aService("db", { role: "data" })]);
    expect(steps).toEqual([]);
    removals.before(fresh);
    removals.before(fresh);
    removals.rest();
    expect(steps).toMatchObject([
      { kind: "remove", service: "proxy", heirs: ["entry"] },
      { kind: "remove", service: "cache", timeoutMs: 80_000 },
    ]);
    expect(steps).toHaveLength(2);
  });

  it("are in nobody's way who has the port already, takes another one or any, or is data", () => {
    const heirs = (service: typeof cache, serving: readonly (typeof cache)[] = []) =>
      orphanHeirs([orphan(proxy)], [service], serving, aStack({ base }));
    const there = aContainer("there");
    const base = { there: { service: "there", state: "current", reason: "", containers: [there] } } as const;
    const own = aService("there", { ports: port(80) });
    expect(heirs(own, [own])).toEqual(new Map());
    expect(heirs(own, [aService("there", { ports: port(81) })])).toEqual(new Map([["proxy", ["there"]]]));
    expect(heirs(own, [{ ...own, active: false }])).toEqual(new Map([["proxy", ["there"]]]));
    expect(heirs(aService("entry", { ports: port(81) }))).toEqual(new Map());
    expect(heirs(aService("db", { role: "data", ports: port(80) }))).toEqual(new Map());
    expect(heirs(aService("entry", { ports: port(80) }))).toEqual(new Map([["proxy", ["entry"]]]));
    const any = aService("proxy", { role: "edge", ports: port(0) });
    expect(orphanHeirs([orphan(any)], [aService("entry", { ports: port(0) })], [], aStack())).toEqual(new Map());
  });

  it("know services that are called as what every object has", () => {
    const { steps, add } = collectSteps();
    const facts = aService("constructor", { role: "support" });
    const named = { service: "constructor", facts, containers: [] };
    const base = [aService("toString", { role: "support", ports: port(80) })];
    const removals = collectRemovals(add, [named], orphanHeirs([named], base, [], aStack()));
    removals.before(base);
    removals.rest();
    expect(steps.map(({ id }) => id)).toEqual(["remove-1"]);
  });

  it("say nothing of a cutover where they only make room", () => {
    const recovery = (heirs?: readonly string[]) => {
      const { steps, add } = collectSteps();
      add({ kind: "remove", service: "proxy", target: "edge proxy", cause: "gone", ...(heirs ? { heirs } : {}) });
      const plan = { kind: "deploy", candidate: "blue", previous: null, steps } as const;
      return planRecovery({ deployment: "d1", plan, begun: ["remove-1"], done: ["remove-1"] }, aStack()).action;
    };
    expect(recovery(["entry"])).toBe("undo");
    expect(recovery()).toBe("finish");
  });
});
