import { describe, expect, it } from "vitest";
import type { ServiceFacts } from "../../model/service.ts";
import { aConfig, aContainer, aDoor, aService, aStack } from "../../testing/index.ts";
import { heldServices } from "../live/left-running.ts";
import { planDeployment } from "../plan-deployment.ts";
import { planWarmRollback } from "../plan-rollback.ts";
import type { PlanStep, StepKind } from "./step.ts";

const minute = 60_000;
const config = aConfig({ traffic: { drain: { timeout: "5m" } } });
const live = { slot: "blue", release: "r-1" } as const;
const published = (port: number) => [{ published: port, target: 3000, protocol: "tcp" as const }];
const webs = [aService("web", { ports: published(80) }), aService("admin", { ports: published(81) })];

const desired = (services: readonly ServiceFacts[]) => ({
  tag: "v2",
  services,
  config,
  bundleId: "r-2",
  imagesOf: null,
  wasLive: true,
  prunable: [],
});

const stepOf = ({ steps }: { readonly steps: readonly PlanStep[] }, kind: StepKind) =>
  steps.find((step) => step.kind === kind);

describe("a step has the time that it waits for others to end", () => {
  it("adopt: every container that gives up its port, and every door that stood in for it, may drain", () => {
    const plain = webs.map(({ name }) => aContainer(name, { id: `p-${name}` }));
    const step = stepOf(planDeployment(desired(webs), aStack({ plain })), "adopt");
    expect(step).toMatchObject({ services: ["web", "admin"] });
    expect(step?.timeoutMs).toBeGreaterThanOrEqual(2 * webs.length * 5 * minute + minute);
  });

  it("door: the one before it may drain", () => {
    const doors = {
      web: aDoor("web", { stable: "blue", share: 0, salt: 0 }, { state: "outdated", reason: "changed" }),
    };
    const services = [aService("web")];
    const step = stepOf(planDeployment(desired(services), aStack({ services, live, doors })), "door");
    expect(step).toMatchObject({ replaces: true });
    expect(step?.timeoutMs).toBeGreaterThanOrEqual(5 * minute + minute);
  });

  it("door at a cutover: the same", () => {
    const services = [aService("web")];
    const wanted = { ...desired(services), movedPorts: { web: "it listens on other ports than before" } };
    const step = stepOf(planDeployment(wanted, aStack({ services, live })), "door");
    expect(step).toMatchObject({ cutsOver: true });
    expect(step?.timeoutMs).toBeGreaterThanOrEqual(5 * minute + minute);
  });

  it("verify: every check has all its attempts, before users meet the release and after", () => {
    const slow = { command: { run: ["smoke"] }, timeout: "10m", retries: 2 };
    const checks = [slow, { ...slow, service: "worker" }];
    const services = [aService("web"), aService("worker", { role: "worker" })];
    const wanted = { ...desired(services), config: aConfig({ checks }) };
    const { steps } = planDeployment(wanted, aStack({ services, live }));
    const verifying = steps.filter(({ kind }) => kind === "verify");
    expect(verifying.map(({ timeoutMs }) => timeoutMs > 30 * minute)).toEqual([true, true]);
  });

  describe("workers", () => {
    const slow = aService("slow", { role: "worker", stopGraceMs: 7 * minute });
    const before = [aService("web"), slow];

    it("those beside the slots have their grace", () => {
      const plain = [aContainer("slow", { id: "p1" })];
      const step = stepOf(planDeployment(desired([slow]), aStack({ plain })), "workers");
      expect(step).toMatchObject({ replaces: ["p1"] });
      expect(step?.timeoutMs).toBeGreaterThanOrEqual(7 * minute + minute);
    });

    it("those of the previous have their grace, also where the release has none of them", () => {
      const wanted = { ...desired([aService("web")]), replaced: before };
      const step = stepOf(planDeployment(wanted, aStack({ services: before, live })), "workers");
      expect(step).toMatchObject({ services: [] });
      expect(step?.timeoutMs).toBeGreaterThanOrEqual(7 * minute + minute);
    });

    it("one whose grace was made shorter has the one that it was started with", () => {
      const budget = { timeoutMs: 2 * minute, derivation: "" };
      const now = [aService("web"), aService("slow", { role: "worker", stopGraceMs: minute, startBudget: budget })];
      const wanted = { ...desired(now), replaced: before };
      const step = stepOf(planDeployment(wanted, aStack({ services: before, live })), "workers");
      expect(step?.timeoutMs).toBeGreaterThanOrEqual(7 * minute + 2 * minute + minute);
    });

    it("by the release itself where nothing is known of the previous", () => {
      const step = stepOf(planDeployment(desired(before), aStack({ services: before, live })), "workers");
      expect(step?.timeoutMs).toBeGreaterThanOrEqual(7 * minute + slow.startBudget.timeoutMs + minute);
    });

    it("on the way back to a warm slot, too", () => {
      const stack = aStack({ services: before, live, warm: "r-0" });
      const step = stepOf(planWarmRollback([aService("web")], config, stack, { replaced: before }), "workers");
      expect(step?.timeoutMs).toBeGreaterThanOrEqual(7 * minute + minute);
    });
  });

  it("retire: what is stopped has its grace", () => {
    const before = [aService("web", { stopGraceMs: 7 * minute })];
    const wanted = { ...desired([aService("web")]), replaced: before };
    const step = stepOf(planDeployment(wanted, aStack({ services: before, live })), "retire");
    expect(step?.timeoutMs).toBeGreaterThanOrEqual(7 * minute + minute);
  });

  it("close: one that leaves the slots has the grace that it was started with", () => {
    const before = [aService("web", { stopGraceMs: 7 * minute })];
    const wanted = { ...desired([aService("web", { strategy: "recreate" })]), replaced: before };
    const step = stepOf(planDeployment(wanted, aStack({ services: before, live })), "close");
    expect(step?.timeoutMs).toBeGreaterThanOrEqual(7 * minute + minute);
  });

  it("retire: so it has where the release leaves nothing in slots", () => {
    const before = [aService("web", { stopGraceMs: 7 * minute })];
    const wanted = { ...desired([aService("web", { strategy: "recreate" })]), replaced: before };
    const step = stepOf(planDeployment(wanted, aStack({ services: before, live })), "retire");
    expect(step?.timeoutMs).toBeGreaterThanOrEqual(7 * minute + minute);
  });

  it("retire: what was left running has the grace that its own release gave it", () => {
    const before = [aService("web", { stopGraceMs: 7 * minute })];
    const services = [aService("web")];
    const stopped = aConfig({ rollout: { keep: "stopped" } });
    const stack = aStack({ services, live, warm: "r-0" });
    const held = heldServices(stack, [{ id: "r-0", services: before }]);
    const wanted = { ...desired(services), config: stopped, bundleId: live.release, replaced: services, held };
    const step = stepOf(planDeployment(wanted, stack), "retire");
    expect(step?.timeoutMs).toBeGreaterThanOrEqual(7 * minute + minute);
  });
});
