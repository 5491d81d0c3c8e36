import { describe, expect, it } from "vitest";
import type { DoorRouting } from "../../model/door.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedContainer, ObservedSlot, ObservedStack } from "../../model/stack.ts";
import { aConfig, aContainer, aDoor, aService, aSlot, aStack } from "../../testing/index.ts";
import { planDeployment } from "../plan-deployment.ts";
import { planWarmRollback } from "../plan-rollback.ts";
import { portHeirs } from "../ports/moved-ports.ts";
import { planRecovery, type RecoveryChoice } from "./recovery.ts";
import { aloneInCandidate, onlyRunning, supersededBy } from "./superseded.ts";

const services = [aService("web"), aService("worker", { role: "worker" })];
const wish = { tag: "v2", services, config: aConfig(), bundleId: null, imagesOf: null, wasLive: false, prunable: [] };
const before = aStack({ services, live: { slot: "blue", release: "r-1" } });
const plan = planDeployment(wish, before);
const ids = plan.steps.map(({ id }) => id);
const upTo = (id: string) => ids.slice(0, ids.indexOf(id) + 1);
const diedAt = (id: string) => ({ deployment: "d2", plan, begun: upTo(id), done: upTo(id).slice(0, -1) });

const names = ["web", "worker"];
const slotOf = (slot: "blue" | "green", release: string, deployment: string): ObservedSlot => {
  const { containers } = aSlot(slot, release, names);
  return { slot, release, deployment, containers: containers.map((one) => ({ ...one, deployment })) };
};
const stopped = (slot: ObservedSlot): ObservedSlot => ({
  ...slot,
  containers: slot.containers.map((one) => ({ ...one, state: "exited" as const })),
});
const seen = (blue: ObservedSlot, green: ObservedSlot, web: DoorRouting | null): ObservedStack => ({
  ...before,
  slots: { blue, green },
  doors: { web: aDoor("web", web) },
});
const first = slotOf("blue", "r-1", "d1");
const own = slotOf("green", "r-2", "d2");
const at = (stable: "blue" | "green"): DoorRouting => ({ stable, share: 0, salt: 0 });

describe("an attempt without an end", () => {
  it.each([
    ["its own slot", seen(first, slotOf("green", "r-4", "d4"), at("green"))],
    ["the slot of what it replaced", seen(slotOf("blue", "r-3", "d3"), own, at("blue"))],
  ])(
    "is over where a later deployment holds %s, whatever is chosen and however far it is known to have come",
    (_title, observed) => {
      const choices: readonly (RecoveryChoice | undefined)[] = [undefined, "finish", "undo", "go-back"];
      for (const id of ["build-1", "start-1", "shift-1", "promote-1", "retire-1"]) {
        for (const choice of choices) {
          expect(planRecovery(diedAt(id), observed, choice)).toMatchObject({
            action: "close",
            reason: expect.stringMatching(
              /^deployment d[34] came after it, and slot (blue|green) holds its release r-[34]$/,
            ),
          });
        }
      }
    },
  );

  it("is over where it was promoted and users were led back since", () => {
    expect(supersededBy(diedAt("retire-1"), seen(first, own, at("blue")))).toMatch(/led back to slot blue/);
    expect(supersededBy(diedAt("retire-1"), seen(first, own, at("green")))).toBeUndefined();
    expect(supersededBy(diedAt("retire-1"), seen(first, own, null))).toBeUndefined();
    // The promotion was not done.
    expect(supersededBy(diedAt("promote-1"), seen(first, own, at("blue")))).toBeUndefined();
  });

  it("is not over for what was there before it, nor for what is its own", () => {
    expect(supersededBy(diedAt("build-1"), seen(first, slotOf("green", "r-0", "d0"), at("blue")))).toBeUndefined();
    expect(supersededBy(diedAt("verify-1"), seen(first, own, at("blue")))).toBeUndefined();
  });
});

const port80 = [{ published: 80, target: 3000, protocol: "tcp" as const }];

describe("an attempt whose candidate alone runs, and may be what users reach", () => {
  const observed = seen(stopped(first), own, null);

  it("is left as it is, and may be finished", () => {
    for (const choice of [undefined, "undo", "go-back"] as const) {
      expect(planRecovery(diedAt("start-1"), observed, choice)).toMatchObject({
        action: "leave",
        reason: expect.stringContaining("web runs in slot green alone"),
        hint: expect.stringMatching(/^sluice resume finishes it; docker start shop-blue-web-1, and then sluice abort/),
      });
    }
    const gone = seen({ ...first, containers: [] }, own, null);
    expect(planRecovery(diedAt("start-1"), gone)).toMatchObject({
      action: "leave",
      hint: expect.stringMatching(/^sluice resume finishes it; sluice rollback then/),
    });
    expect(planRecovery(diedAt("start-1"), observed, "finish").action).toBe("finish");
    const half = seen(stopped(first), own, { stable: "blue", share: 50, salt: 0 });
    expect(planRecovery({ ...diedAt("shift-1"), condemned: "aborted by ada" }, half).action).toBe("leave");
  });

  it("is undone where there is something to go back to, or nothing that is its own, or users are elsewhere", () => {
    const others = [
      seen(first, own, null),
      seen(stopped(first), stopped(own), null),
      seen(stopped(first), slotOf("green", "r-0", "d0"), null),
      seen(stopped(first), own, at("blue")),
    ];
    for (const other of others) expect(planRecovery(diedAt("start-1"), other).action).toBe("undo");
  });

  it("is undone where users reach through it what is new alone, or what it has stopped itself in the slot before", () => {
    const at80 = (name: string, parts: Partial<ServiceFacts> = {}) => aService(name, { ...parts, ports: port80 });
    const worker = aService("worker", { role: "worker" });
    const [web, admin] = [at80("web"), aService("admin")];
    const inBase = at80("web", { strategy: "recreate" });
    const dies = (
      old: readonly ServiceFacts[],
      now: readonly ServiceFacts[],
      last: string,
      down: readonly string[],
    ) => {
      const live = aStack({ services: old, live: { slot: "blue", release: "r-1" } });
      const wanted = { ...wish, services: now, replaced: old };
      const heirs = portHeirs(old, now);
      const dying = planDeployment({ ...wanted, heirs }, live);
      const begun = dying.steps.map(({ id }) => id);
      const until = begun.slice(0, begun.indexOf(last) + 1);
      expect(until).toContain(last);
      const { blue } = live.slots;
      const containers = blue.containers.map((one) =>
        down.includes(one.service) ? { ...one, state: "exited" as const } : one,
      );
      const green = aSlot(
        "green",
        "r-2",
        now.map(({ name }) => name),
      ).containers.map((one) => ({
        ...one,
        deployment: "d2",
      }));
      const slots = { blue: { ...blue, containers }, green: { ...blue, slot: "green" as const, containers: green } };
      return onlyRunning({ deployment: "d2", plan: dying, begun: until, before: old }, { ...live, slots, doors: {} });
    };
    expect(dies([web], [inBase, admin], "close-1", ["web"])).toBeUndefined();
    expect(dies([worker, inBase], [worker, inBase, admin], "shift-1", [])).toBeUndefined();
    expect(dies([worker], [aService("worker")], "workers-1", ["worker"])).toBeUndefined();
    // Another has its port, and what it was is replaced stop-first.
    const renamed = [at80("site"), aService("web", { strategy: "recreate", ports: [] })];
    expect(dies([web], renamed, "close-1", ["web"])).toBeUndefined();
    // Nothing that it has done stopped these.
    expect(dies([web], [at80("site")], "shift-1", ["web"])).toMatch(/^site runs in slot green alone/);
    expect(dies([web, worker], [web, worker, admin], "shift-1", ["web"])).toMatch(
      /^web, admin runs in slot green alone/,
    );
  });

  it("is left where it has workers alone, unless it has changed them, which its undo changes back", () => {
    const workers = [aService("worker", { role: "worker" })];
    const only = planDeployment(
      { ...wish, services: workers },
      aStack({ services: workers, live: { slot: "blue", release: "r-1" } }),
    );
    const doorless = { ...observed, doors: {} };
    const died = { deployment: "d2", plan: only, begun: ["create-1"], done: [] };
    expect(onlyRunning(died, doorless)).toMatch(/^worker runs in slot green alone/);
    expect(onlyRunning({ ...died, begun: ["create-1", "workers-1"] }, doorless)).toBeUndefined();
  });
});

describe("an attempt whose candidate has taken over more than the previous still runs", () => {
  const front = aService("front");
  const run = (slot: "blue" | "green", running: readonly string[], down: readonly string[] = []) =>
    aSlot(slot, `r-${slot}`, [...running, ...down]).containers.map((one) => ({
      ...one,
      deployment: slot === "green" ? "d2" : "d1",
      state: down.includes(one.service) ? ("exited" as const) : one.state,
    }));
  const of = (before: readonly ServiceFacts[], wanted: readonly ServiceFacts[]) => {
    const observed = aStack({ services: before, live: { slot: "blue", release: "r-1" } });
    const made = planDeployment({ ...wish, services: wanted, replaced: before }, observed);
    return { deployment: "d2", plan: made, begun: made.steps.map(({ id }) => id), before };
  };
  const both = of([...services, front], [...services, front]);

  it.each([
    ["is gone", run("blue", ["web"])],
    ["is down", run("blue", ["web"], ["front"])],
  ])("is left where one web service of it %s", (_title, blue) => {
    expect(aloneInCandidate(both, { blue, green: run("green", ["web", "front", "worker"]) })).toMatch(
      /^front runs in slot green alone: there is nothing in slot blue/,
    );
  });

  it("is undone where the candidate does not run that either, and where its workers alone stand still", () => {
    expect(aloneInCandidate(both, { blue: run("blue", ["web"]), green: run("green", ["web"]) })).toBeUndefined();
    const blue = run("blue", ["web", "front"], ["worker"]);
    expect(aloneInCandidate(both, { blue, green: run("green", ["web", "front", "worker"]) })).toBeUndefined();
  });

  it("is undone where the previous has nothing of what it took over: that is new, or its undo brings it back", () => {
    const recreated = aService("web", { strategy: "recreate" });
    const green = run("green", ["front"]);
    const leaving = of([aService("web")], [recreated, front]);
    expect(aloneInCandidate(leaving, { blue: run("blue", [], ["web"]), green })).toBeUndefined();
    const worker = aService("jobs", { role: "worker" });
    const first = of([recreated, worker], [recreated, worker, front]);
    expect(aloneInCandidate(first, { blue: run("blue", [], ["jobs"]), green })).toBeUndefined();
    const promoted = of([worker], [aService("jobs")]);
    expect(
      aloneInCandidate(promoted, { blue: run("blue", [], ["jobs"]), green: run("green", ["jobs"]) }),
    ).toBeUndefined();
  });

  it("goes by what its slot holds where the release before is not stored", () => {
    const unknown = { ...both, before: undefined };
    const green = run("green", ["web", "front"]);
    expect(aloneInCandidate(unknown, { blue: run("blue", ["web"]), green })).toBeUndefined();
    expect(aloneInCandidate(unknown, { blue: run("blue", ["web"], ["front"]), green })).toMatch(/^front runs/);
    expect(aloneInCandidate(unknown, { blue: [], green })).toMatch(/^web, front runs/);
  });
});

describe("a way back to what runs beside the slots", () => {
  const plain = [aContainer("web"), aContainer("api")];
  const adopted = [aService("web"), aService("api")];
  const adoption = planDeployment({ ...wish, services: adopted }, aStack({ services: adopted, plain }));
  const steps = adoption.steps.map(({ id }) => id);
  const until = (id: string) => steps.slice(0, steps.indexOf(id) + 1);
  const died = (id: string) => ({ deployment: "d2", plan: adoption, begun: until(id), done: until(id).slice(0, -1) });
  const blue = { ...slotOf("blue", "r-2", "d2"), containers: ["web", "api"].map((name) => aContainer(name)) };
  const own = { ...blue, containers: blue.containers.map((one) => ({ ...one, deployment: "d2" })) };
  const doors = { web: aDoor("web", { stable: "green", share: 100, salt: 0 }) };
  const now = (kept: readonly ObservedContainer[]): ObservedStack => ({
    ...aStack({ services: adopted, plain: kept }),
    slots: { ...before.slots, blue: own },
    doors,
  });

  it("is left where somebody has removed some of that since it gave way, and may be finished", () => {
    const left = now(plain.slice(1));
    expect(planRecovery(died("shift-1"), left, "undo")).toMatchObject({
      action: "leave",
      reason: "web runs in slot blue alone: what served it beside the slots is removed",
      hint: "sluice resume finishes it; where it cannot be finished, sluice deploy --accept-not-undone goes on from what runs now",
    });
    expect(planRecovery(died("shift-1"), left, "finish").action).toBe("finish");
  });

  it("is undone where all of it is there, wherever, where it did not give way yet, and where the candidate has none of it", () => {
    expect(planRecovery(died("shift-1"), now(plain), "undo").action).toBe("undo");
    expect(planRecovery(died("shift-1"), { ...now([]), orphans: plain }, "undo").action).toBe("undo");
    expect(planRecovery(died("verify-1"), { ...now([]), doors: {} }, "undo").action).toBe("undo");
    const down = { ...now([]), slots: { ...before.slots, blue: stopped(own) } };
    expect(planRecovery(died("shift-1"), down, "undo").action).toBe("undo");
  });
});

describe("a way back to a slot that is warm", () => {
  const led = { stable: "green", share: 100, salt: 0 } as const;
  const back = planWarmRollback(services, aConfig(), seen(first, own, at("green")), { replaced: services });
  const died = { deployment: "d3", plan: back, begun: ["shift-1"], done: ["shift-1"], before: services };

  it("is left where what it was to leave does not run any more: none of it bears its id", () => {
    expect(back.steps.map(({ kind }) => kind)).not.toContain("create");
    for (const choice of ["undo", "go-back"] as const) {
      expect(planRecovery(died, seen(first, stopped(own), led), choice)).toMatchObject({
        action: "leave",
        reason: expect.stringContaining("web runs in slot blue alone"),
      });
    }
    expect(planRecovery(died, seen(first, own, led), "undo").action).toBe("undo");
    // Users have not left it yet, and nobody else is there.
    expect(planRecovery({ ...died, done: [] }, seen(first, stopped(own), at("green")), "undo").action).toBe("undo");
  });
});

describe("an imported attempt of a stack that has nothing in slots", () => {
  const inBase = [aService("web", { strategy: "recreate" })];
  const made = planDeployment({ ...wish, services: inBase, replaced: inBase }, aStack({ services: inBase }));
  const begun = made.steps.slice(0, made.steps.findIndex(({ kind }) => kind === "recreate") + 1).map(({ id }) => id);
  const died = { deployment: "d2", plan: made, begun, done: begun, isImported: true };

  it("is left unless a person chose for it: nothing would show what came after it", () => {
    for (const choice of [undefined, "go-back"] as const) {
      expect(planRecovery(died, aStack({ services: inBase }), choice)).toMatchObject({
        action: "leave",
        reason: "its record was imported, and nothing shows whether another release came after it",
      });
    }
    for (const choice of ["finish", "undo"] as const)
      expect(planRecovery(died, aStack({ services: inBase }), choice).action).toBe(choice);
  });

  it("is finished where its record was never imported, and nobody is told of a slot", () => {
    const own = { ...died, isImported: false };
    expect(planRecovery(own, aStack({ services: inBase }))).toMatchObject({
      action: "finish",
      reason: "its release is taking its place already",
    });
  });
});
