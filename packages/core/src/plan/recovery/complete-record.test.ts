import { describe, expect, it } from "vitest";
import type { DoorRouting } from "../../model/door.ts";
import { otherSlot } from "../../model/slot.ts";
import { aConfig, aContainer, aDoor, aService, aStack } from "../../testing/index.ts";
import { planDeployment } from "../plan-deployment.ts";
import { completeRecord, completionText } from "./complete-record.ts";

const services = [aService("web"), aService("worker", { role: "worker" })];
const config = aConfig({ rollout: { steps: [50, { share: 100, approval: true }] } });
const wish = { tag: "v2", services, config, bundleId: null, imagesOf: null, wasLive: false, prunable: [] };
const plan = planDeployment(wish, aStack({ services, live: { slot: "blue", release: "r-1" } }));
const ids = plan.steps.map(({ id }) => id);
const before = (id: string) => ids.slice(0, ids.indexOf(id));
const upTo = (id: string) => [...before(id), id];
const notBuilt = (some: readonly string[]) => some.filter((id) => id !== "build-1");

const led = (stable: DoorRouting["stable"], share = 0) => ({
  doors: { web: aDoor("web", { stable, share, salt: 0 }) },
});
const diedAt = (id: string) => ({ deployment: "d1", plan, begun: upTo(id), done: before(id) });

describe("the record of an attempt without an end", () => {
  it.each([
    ["no share is moved", "create-1", led("blue")],
    ["the share is the one that was begun", "shift-1", led("blue", 50)],
    ["users have all that was begun", "shift-2", led("blue", 100)],
    ["a door leads nowhere", "create-1", led(null)],
    ["a door does not answer", "create-1", { doors: { web: aDoor("web", null) } }],
    [
      "a door is of no service of its own",
      "create-1",
      { doors: { old: aDoor("old", { stable: "green", share: 0, salt: 0 }) } },
    ],
  ] as const)("is complete where %s", (_title, id, observed) => {
    const died = diedAt(id);
    expect(completeRecord(died, observed)).toEqual({ record: died, completion: null });
  });

  it("is completed up to the share that users have", () => {
    const { begun, done } = completeRecord({ ...diedAt("build-1"), done: [] }, led("blue", 50)).record;
    expect([begun, done]).toEqual([upTo("shift-1"), notBuilt(before("shift-1"))]);
  });

  it("is completed by the cutover, with what may have begun since and what was approved", () => {
    for (const id of ["create-1", "shift-1", "approval-1"]) {
      const { begun, done } = completeRecord(diedAt(id), led("blue", 100)).record;
      expect([begun, done]).toEqual([before("promote-1"), before("shift-2")]);
    }
  });

  it("is completed by the promotion, which only the doors tell", () => {
    for (const id of ["create-1", "shift-2", "promote-1"]) {
      const { begun, done, isPromoted } = completeRecord(diedAt(id), led("green")).record;
      // It is done once more, and takes away what it may have left.
      expect([begun, done, isPromoted]).toEqual([upTo("promote-1"), before("promote-1"), true]);
    }
  });

  it("is not taken for promoted where the plan promotes nothing", () => {
    const died = diedAt("create-1");
    const plan = { ...died.plan, steps: died.plan.steps.filter(({ kind }) => kind !== "promote") };
    const { done, isPromoted } = completeRecord({ ...died, plan }, led("green")).record;
    expect([done, isPromoted]).toEqual([before("shift-2"), false]);
  });

  it("tells nothing of a build that is not in it", () => {
    const { record } = completeRecord({ ...diedAt("build-1"), done: [] }, led("green"));
    expect(record.done).toEqual(notBuilt(before("promote-1")));
  });

  it("is complete where users were at the candidate's slot before, and were not led away yet", () => {
    const stray = { ...aStack({ services, live: { slot: "blue", release: "r-1" } }), ...led("blue", 40) };
    const recovering = planDeployment(wish, stray);
    const died = { deployment: "d1", plan: recovering, begun: ["recover-1"], done: [] };
    for (const isImported of [false, true]) {
      const recorded = { ...died, isImported };
      expect(completeRecord(recorded, stray)).toEqual({ record: recorded, completion: null });
    }
  });

  it("may lack what follows the cutover where it was imported, which no door tells", () => {
    const died = { ...diedAt("shift-2"), isImported: true };
    const later = before("promote-1").filter((id) => !died.begun.includes(id));
    const { record, completion } = completeRecord(died, led("blue", 100));
    expect(later).toContain("workers-1");
    expect([record.begun, record.done, record.isPromoted]).toEqual([before("promote-1"), died.done, false]);
    expect(completion).toEqual({ why: "imported", begun: later, done: [] });
    // What it has is all that can have begun.
    for (const share of [0, 50]) expect(completeRecord(died, led("blue", share)).completion).toBeNull();
    expect(completeRecord(record, led("blue", 100)).completion).toBeNull();
  });

  it("is complete where a door waits to take over from what plain Compose runs: nobody comes to it yet", () => {
    const plain = aStack({ services, plain: [aContainer("web")] });
    const adoption = planDeployment(wish, plain);
    const [first] = adoption.steps.map(({ id }) => id);
    const died = { deployment: "d1", plan: adoption, begun: first ? [first] : [], done: [] };
    const waiting = aDoor("web", { stable: otherSlot(adoption.candidate), share: 100, salt: 0 }, { isUnreached: true });
    expect(completeRecord(died, { doors: { web: waiting } }).completion).toBeNull();
    expect(completeRecord(died, { doors: { web: { ...waiting, isUnreached: false } } }).record.begun).toContain(
      "adopt-1",
    );
  });
});

describe("what a record lacks", () => {
  const textOf = (died: Parameters<typeof completeRecord>[0], observed: Parameters<typeof completeRecord>[1]) => {
    const { completion } = completeRecord(died, observed);
    return completion && completionText(completion);
  };

  it("is told with how that is known", () => {
    const died = { ...diedAt("verify-1"), done: before("verify-1") };
    expect(textOf(died, led("blue", 50))).toBe(
      "its doors lead users further than the record says; taken for done: verify-1; taken for begun: shift-1",
    );
    expect(textOf(diedAt("promote-1"), led("green"))).toBe("its doors lead users to its release for good");
    expect(textOf({ ...diedAt("shift-2"), isImported: true }, led("blue", 100))).toMatch(
      /the record was imported: it may be older than what was done since; taken for begun: workers-1, /,
    );
  });
});
