import { aContainer, aDoor, aStack } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { type SlotsKnown, slotStatuses } from "./slot-statuses.ts";

const stack = aStack({ live: { slot: "blue", release: "r1" }, warm: "r2" });
const bundles = [
  { id: "r1", tag: "v1" },
  { id: "r2", tag: "v2" },
];
const withShare = (share: number) => ({ ...stack, doors: { web: aDoor("web", { stable: "blue", share, salt: 1 }) } });
const states = (observed: typeof stack, open: SlotsKnown["open"] = null, left: SlotsKnown["left"] = []) =>
  slotStatuses(observed, bundles, { open, left }).map(({ slot, tag, live, candidate, warm }) =>
    [slot, tag, live && "live", candidate && "candidate", warm && "warm"].filter(Boolean).join(" "),
  );

describe("beside the slot that serves", () => {
  it("a release is warm that runs and was left for the way back", () => {
    expect(states(stack)).toEqual(["blue v1 live", "green v2 warm"]);
  });

  it("one that users are led to in part is the candidate, which is not warm", () => {
    expect(states(withShare(50))).toEqual(["blue v1 live", "green v2 candidate"]);
  });

  it.each([
    { bundle: null, tag: "v2" },
    { bundle: "r2", tag: "v2" },
  ])("so is one that a deployment without an end is about, before any user gets there: %j", (open) => {
    expect(states(stack, open)).toEqual(["blue v1 live", "green v2 candidate"]);
  });

  it("so is one of which nothing runs yet, or any more: whoever looks sees what a killed deployment left", () => {
    const containers = [aContainer("web", { state: "created" })];
    const dead = { ...stack, slots: { ...stack.slots, green: { ...stack.slots.green, containers } } };
    expect(states(dead, { bundle: "r2", tag: "v2" })).toEqual(["blue v1 live", "green v2 candidate"]);
    expect(states(dead)).toEqual(["blue v1 live", "green v2"]);
  });

  it("what runs on for nobody is not warm", () => {
    expect(states(stack, null, [{ slot: "green", why: "rollout.keep is stopped" }])).toEqual([
      "blue v1 live",
      "green v2",
    ]);
  });

  it("nothing is warm where no slot serves: going back is no change of route", () => {
    expect(states({ ...withShare(0), doors: {}, remembered: { slot: null, release: "r3" } })).toEqual([
      "blue v1",
      "green v2",
    ]);
  });

  it("the release before is warm once all users have left it, and while another one is built", () => {
    expect(states(withShare(100), { bundle: null, tag: "v2" })).toEqual(["blue v1 warm", "green v2 live"]);
    expect(states(stack, { bundle: null, tag: "v3" })).toEqual(["blue v1 live", "green v2 warm"]);
  });

  it("nothing is either where nothing runs", () => {
    expect(states(aStack({ live: { slot: "green", release: "r1" } }))).toEqual(["blue", "green v1 live"]);
  });
});
