import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceFacts } from "../model/service.ts";
import { otherSlot, slots } from "../model/slot.ts";
import type { ObservedStack } from "../model/stack.ts";
import { aConfig, aContainer, aDoor, aService, aStack } from "../testing/index.ts";
import { previousSlot } from "./live/live-slot.ts";
import { type DesiredDeployment, planDeployment } from "./plan-deployment.ts";
import { planWarmRollback } from "./plan-rollback.ts";
import { completeRecord } from "./recovery/complete-record.ts";
import { planRecovery } from "./recovery/recovery.ts";
import type { DeploymentPlan, PlanStep, StepKind } from "./steps/step.ts";

const all: readonly ServiceFacts[] = [
  aService("web"),
  aService("admin"),
  aService("worker", { role: "worker" }),
  aService("mailer", { role: "worker", overlap: true }),
  aService("cron", { role: "worker", strategy: "recreate" }),
  aService("files", { strategy: "recreate" }),
  aService("migrate", { role: "job", dependsOn: ["db"] }),
  aService("certs", { role: "job" }),
  aService("db", { role: "data", dependsOn: ["certs"], awaits: ["certs"] }),
  aService("proxy", { role: "edge", dependsOn: ["web"] }),
  aService("shell", { role: "tool" }),
  aService("off", { active: false }),
];
const services = fc.subarray([...all]);
const routing = fc.record({
  stable: fc.constantFrom("blue" as const, "green" as const, null),
  share: fc.constantFrom(0, 5, 50, 100),
  salt: fc.integer({ min: 0, max: 9_999 }),
});

const stacks: fc.Arbitrary<ObservedStack> = fc
  .record({
    services,
    live: fc.option(fc.record({ slot: fc.constantFrom(...slots), release: fc.constantFrom("r-1", "r-2") })),
    warm: fc.option(fc.constantFrom("r-0", "r-3")),
    routings: fc.option(fc.array(routing, { minLength: 2, maxLength: 2 })),
    plain: fc.subarray(["web", "worker", "cron"]),
    changed: fc.subarray(["db", "proxy", "cron"]),
    hasLeftovers: fc.boolean(),
    unlinked: fc.subarray([...slots]),
  })
  .map(({ services: before, live, warm, routings, plain, changed, hasLeftovers, unlinked }) => {
    const stack = aStack({ services: before, live: live ?? undefined, warm: warm ?? undefined });
    const base = Object.entries(stack.base).map(([name, seen]) => {
      return [
        name,
        changed.includes(name) ? { ...seen, state: "changed" as const, reason: "it changed" } : seen,
      ] as const;
    });
    const doors = Object.keys(stack.doors).map(
      (name, index) => [name, aDoor(name, routings?.[index % 2] ?? stack.doors[name]?.routing ?? null)] as const,
    );
    return {
      ...stack,
      base: Object.fromEntries(base),
      doors: Object.fromEntries(doors),
      plain: plain.map((name) => aContainer(name, { id: `plain-${name}` })),
      missingLinks: unlinked.map((slot) => ({
        slot,
        service: "db",
        container: "shop-db-1",
        link: `shop-${slot}_link_default`,
        aliases: ["db"],
      })),
      leftovers: hasLeftovers ? [{ severity: "warn" as const, code: "leftover-job", message: "a job is left" }] : [],
    };
  });

const wishes: fc.Arbitrary<DesiredDeployment> = fc
  .record({
    services,
    bundleId: fc.constantFrom(null, "r-1", "r-2", "r-3"),
    imagesOf: fc.constantFrom(null, "v1"),
    wasLive: fc.boolean(),
    prunable: fc.subarray(["r-7", "r-8"]),
    replaceDoors: fc.boolean(),
    rollout: fc.record({
      keep: fc.constantFrom("warm" as const, "stopped" as const, "removed" as const),
      bake: fc.constantFrom("0s", "1m"),
      steps: fc.constantFrom<number[]>([100], [5, 100], [1, 10, 50, 100]),
    }),
  })
  .map(({ rollout, ...wish }) => ({ ...wish, tag: "v9", config: aConfig({ rollout }) }));

const kindsOf = ({ steps }: DeploymentPlan) => steps.map(({ kind }) => kind);
const first = (plan: DeploymentPlan, kind: StepKind) => kindsOf(plan).indexOf(kind);
const last = (plan: DeploymentPlan, kind: StepKind) => kindsOf(plan).lastIndexOf(kind);

const createsSlot = (step: PlanStep) => step.kind === "create" || (step.kind === "job" && step.creates === true);
/** Makes a base service that comes before the slot. */
const isBefore = (step: PlanStep, { services: all }: DesiredDeployment) =>
  step.kind === "base" && all.some(({ name, role }) => name === step.service && role !== "edge");

/** Holds the plan of every wish for every stack to a law. */
function always(law: (plan: DeploymentPlan, wish: DesiredDeployment, stack: ObservedStack) => void): void {
  fc.assert(
    fc.property(wishes, stacks, (wish, stack) => law(planDeployment(wish, stack), wish, stack)),
    { numRuns: 300 },
  );
}

describe("every plan", () => {
  it("is the same for the same wish and stack, and nothing but data", () => {
    always((plan, wish, stack) => {
      expect(planDeployment(wish, stack)).toEqual(plan);
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    });
  });

  it("has steps with ids, deadlines and causes of their own", () => {
    always(({ steps }) => {
      expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
      for (const { timeoutMs, cause, target } of steps) {
        expect(timeoutMs).toBeGreaterThan(0);
        expect(cause).not.toBe("");
        expect(target).not.toBe("");
      }
    });
  });

  it("leaves the live slot's containers alone until all users have left", () => {
    always((plan, _wish, stack) => {
      const live = previousSlot(stack)?.slot;
      if (!live) return;
      expect(plan.candidate).toBe(otherSlot(live));
      const hasWebs = plan.steps.some(({ kind }) => kind === "shift");
      const touching = plan.steps.filter(
        (step) =>
          ((step.kind === "clear" || step.kind === "create" || step.kind === "retire") && step.slot === live) ||
          (step.kind === "workers" && hasWebs),
      );
      const early = touching.filter((step) => plan.steps.indexOf(step) < last(plan, "shift"));
      expect(early).toEqual([]);
    });
  });

  it("touches no base service that is as it should be", () => {
    always(({ steps }, _wish, stack) => {
      const touched = steps.flatMap((step) => (step.kind === "base" ? [stack.base[step.service]?.state] : []));
      expect(touched).not.toContain("current");
    });
  });

  it("runs each job once, after the base that it needs and before what waits for it", () => {
    always(({ steps }, wish, stack) => {
      const order = steps.flatMap((step) => (step.kind === "job" || step.kind === "base" ? [step.service] : []));
      expect(new Set(order).size).toBe(order.length);
      for (const { name, dependsOn } of wish.services.filter(({ active }) => active)) {
        const later = order.slice(order.indexOf(name) + 1);
        const isPlanned = order.includes(name);
        expect(later.filter((other) => isPlanned && dependsOn.includes(other))).toEqual([]);
      }
      // Whoever waits for nothing that is made has its jobs in one place, where the slot is made too.
      const isFirst =
        steps.findIndex(({ kind }) => kind === "job") < steps.findLastIndex((step) => isBefore(step, wish));
      expect(isFirst && stack.base["db"]?.state === "current").toBe(false);
      expect(steps.filter(createsSlot).length).toBeLessThan(2);
    });
  });

  it("gives users only to what was proven, in shares that grow to all of them", () => {
    always((plan) => {
      const shares = plan.steps.flatMap((step) => (step.kind === "shift" ? [step.share] : []));
      expect(shares).toEqual([...new Set(shares)].toSorted((a, b) => a - b));
      if (shares.length === 0) return;
      expect(shares.at(-1)).toBe(100);
      expect(first(plan, "verify")).toBeGreaterThanOrEqual(0);
      expect(first(plan, "verify")).toBeLessThan(first(plan, "shift"));
      const drain = first(plan, "drain");
      expect(plan.previous === null || drain > last(plan, "shift")).toBe(true);
    });
  });

  it("proves in its place what could not be proven before, while there is a way back", () => {
    always((plan, { services: wanted }) => {
      const closing = plan.steps.findIndex((step) => step.kind === "verify" && step.closing === true);
      const isRecreated = wanted.some(
        ({ active, role, strategy }) => active && role === "web" && strategy === "recreate",
      );
      expect(isRecreated && first(plan, "promote") >= 0 && closing < 0).toBe(false);
      if (closing < 0) return;
      const before = (["recreate", "shift", "workers"] as const).map((kind) => last(plan, kind));
      expect(before.filter((at) => at > closing)).toEqual([]);
      const after = (["drain", "bake", "promote"] as const).map((kind) => first(plan, kind));
      expect(after.filter((at) => at >= 0 && at < closing)).toEqual([]);
    });
  });

  it("promotes after everything that moves users, and clears away only then", () => {
    always((plan) => {
      const promote = first(plan, "promote");
      if (promote < 0) return;
      for (const kind of ["shift", "drain", "bake", "workers", "recreate", "adopt"] as const) {
        expect(last(plan, kind)).toBeLessThan(promote);
      }
      const clearing = (["retire", "close", "prune"] as const).map((kind) => first(plan, kind)).filter((at) => at >= 0);
      expect(clearing.filter((at) => at < promote)).toEqual([]);
    });
  });

  it("puts every door that leads somewhere under the promotion: none goes on leading to the previous", () => {
    always((plan, _wish, stack) => {
      const promoted = plan.steps.flatMap((step) => (step.kind === "promote" ? step.services : []));
      if (promoted.length === 0) return;
      const open = Object.values(stack.doors).filter(({ routing: to }) => to && to.stable !== null);
      expect(promoted).toEqual(expect.arrayContaining(open.map(({ service }) => service)));
    });
  });
});

describe("every way back to a warm slot", () => {
  it("moves users first, starts no container of a web service, and promotes", () => {
    fc.assert(
      fc.property(services, stacks, (target, stack) => {
        const plan = planWarmRollback(target, aConfig(), stack);
        expect(planWarmRollback(target, aConfig(), stack)).toEqual(plan);
        const kinds = new Set(kindsOf(plan));
        for (const kind of ["build", "create", "start", "job", "clear", "base"] as const)
          expect(kinds.has(kind)).toBe(false);
        expect(first(plan, "promote")).toBeGreaterThan(first(plan, "shift"));
        expect(new Set(plan.steps.map(({ id }) => id)).size).toBe(plan.steps.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe("every recovery", () => {
  it("accounts for each step: what is done and cannot be half undone is not repeated, what was not begun is not undone", () => {
    fc.assert(
      fc.property(wishes, stacks, stacks, fc.nat(), fc.boolean(), (wish, before, now, at, isDone) => {
        const plan = planDeployment(wish, before);
        const ids = plan.steps.map(({ id }) => id);
        const begun = ids.slice(0, at % (ids.length + 1));
        const done = isDone ? begun : begun.slice(0, -1);
        const recorded = { deployment: "d1", plan, begun, done };
        const { record: known } = completeRecord(recorded, now);
        const recovery = planRecovery(recorded, now);
        const undone = recovery.action === "undo" ? recovery.begun.map(({ id }) => id) : known.begun;
        const again = recovery.action === "finish" ? recovery.remaining : [];
        expect(undone).toEqual(known.begun);
        const isPromoted = known.done.some((id) => id.startsWith("promote-"));
        const isEmptied = !isPromoted && now.slots[plan.candidate].containers.length === 0;
        const isRepeatable = (kind: string) =>
          kind === "preview-door" ||
          (kind === "workers" && !isPromoted) ||
          (isEmptied && !["build", "backup", "rehearse"].includes(kind));
        expect(again.filter(({ id, kind }) => known.done.includes(id) && !isRepeatable(kind))).toEqual([]);
        expect(recovery.action === "undo" && isPromoted).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
