import { describe, expect, it } from "vitest";
import type { ObservedContainer } from "../../model/stack.ts";
import { aConfig, aDoor, aService, aSlot, aStack } from "../../testing/index.ts";
import { leftRunning, leftRunningFindings } from "./left-running.ts";
import { liveSlot } from "./live-slot.ts";

const web = aService("web");
const worker = aService("worker", { role: "worker" });
const services = [web, worker];
const stack = aStack({ services, live: { slot: "blue", release: "r-2" }, warm: "r-1" });
const config = aConfig();
const stopped = aConfig({ rollout: { keep: "stopped" } });
const facts = (observed = stack, asked = config) => ({
  live: liveSlot(observed),
  services,
  config: asked,
  isInBase: false,
});
const slotsOf = (...args: Parameters<typeof leftRunning>) => leftRunning(...args).map(({ slot }) => slot);

describe("what runs on for nobody", () => {
  it("is not what is kept warm", () => {
    expect(slotsOf(stack, facts())).toEqual([]);
  });

  it("is what the configuration does not keep warm, where anything runs there", () => {
    expect(slotsOf(stack, facts(stack, stopped))).toEqual(["green"]);
    const none = { ...stack, slots: { ...stack.slots, green: aSlot("green", "r-1", []) } };
    expect(slotsOf(none, facts(none, stopped))).toEqual([]);
  });

  it("is what runs beside a release that has only workers in slots", () => {
    const doors = {};
    expect(slotsOf({ ...stack, doors }, { ...facts(), services: [worker] })).toEqual(["green"]);
    expect(slotsOf({ ...stack, doors }, { ...facts(), services: [] })).toEqual([]);
  });

  it("is what runs in any slot beside a release that is all in base", () => {
    const inBase = { ...stack, doors: {}, remembered: { slot: null, release: "r-3" } };
    expect(slotsOf(inBase, { ...facts(inBase), isInBase: true })).toEqual(["blue", "green"]);
  });

  it("is nothing while what serves is down, or too little of it runs: it may be all that users can be led to", () => {
    const [running] = stack.slots.blue.containers;
    const withBlue = (containers: readonly ObservedContainer[]) => ({
      ...stack,
      slots: { ...stack.slots, blue: { ...stack.slots.blue, containers } },
    });
    const worker = stack.slots.blue.containers.filter(({ service }) => service === "worker");
    const exited = stack.slots.blue.containers.map((one) => ({ ...one, state: "exited" as const }));
    for (const blue of [[], worker, exited, [...worker, ...exited.slice(0, 1)]])
      expect(slotsOf(withBlue(blue), facts(withBlue(blue), stopped))).toEqual([]);
    expect(slotsOf(withBlue(exited), { ...facts(withBlue(exited), stopped), services: [] })).toEqual([]);
    expect(slotsOf(withBlue(running ? [running] : []), facts(stack, stopped))).toEqual(["green"]);
    // What a plan brings back before is there by then.
    const mended = { ...facts(withBlue(worker), stopped), mended: ["web"] };
    expect(slotsOf(withBlue(worker), mended)).toEqual(["green"]);
  });

  it("is nothing while it is not certain who serves", () => {
    expect(slotsOf(stack, { ...facts(stack, stopped), live: null })).toEqual([]);
    expect(slotsOf({ ...stack, isTakingOver: true }, facts(stack, stopped))).toEqual([]);
  });

  it("is nothing where a door leads, or may lead", () => {
    const withDoor = (share: number | null) => ({
      ...stack,
      doors: { web: aDoor("web", share === null ? null : { stable: "blue" as const, share, salt: 0 }) },
    });
    expect(slotsOf(withDoor(5), facts(stack, stopped))).toEqual([]);
    expect(slotsOf(withDoor(null), facts(stack, stopped))).toEqual([]);
    expect(slotsOf(withDoor(0), facts(stack, stopped))).toEqual(["green"]);
  });
});

it("is told with what ends it", () => {
  expect(leftRunningFindings(stack, leftRunning(stack, facts(stack, stopped)), "v2")).toEqual([
    {
      severity: "warn",
      code: "slot-left-running",
      message: "slot green serves nobody, as rollout.keep is stopped, and shop-green-web-1 runs there",
      hint: "the next sluice deploy ends that, also one of v2; at once: sluice rollback v2, which serves already",
    },
  ]);
});
