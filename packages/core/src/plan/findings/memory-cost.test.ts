import { expect, it } from "vitest";
import { aConfig, aContainer, aService, aStack } from "../../testing/index.ts";
import { planDeployment } from "../plan-deployment.ts";
import { memoryCost } from "./memory-cost.ts";

const mib = 1_048_576;
const used = (liveBytes: number) => ({ liveBytes, machine: null });
const live = { slot: "blue", release: "r-1" } as const;
const web = aService("web");
const worker = aService("worker", { role: "worker" });
const inBase = { ...web, strategy: "recreate" as const };

interface Given {
  readonly before?: readonly (typeof web)[];
  readonly after?: readonly (typeof web)[];
  readonly stack?: ReturnType<typeof aStack>;
  readonly rollout?: NonNullable<Parameters<typeof aConfig>[0]>["rollout"];
}

function aPlan({ before = [web, worker], after = [web, worker], stack, rollout = {} }: Given = {}) {
  const observed = stack ?? aStack({ services: before, live });
  const plan = planDeployment(
    {
      tag: "v2",
      services: after,
      config: aConfig({ rollout }),
      bundleId: null,
      imagesOf: null,
      wasLive: false,
      replaced: before,
      prunable: [],
    },
    observed,
  );
  return [plan, observed] as const;
}

it("a plan says what a second version beside the first takes, and for how long", () => {
  expect(memoryCost(...aPlan(), used(180 * mib))).toMatchObject([
    {
      severity: "info",
      message:
        "two versions run for as long as the version before stays warm: about 180 MiB of memory more, as one uses now",
    },
  ]);
  const job = aService("migrate", { role: "job" });
  expect(memoryCost(...aPlan({ after: [web, worker, job] }), used(mib))).toHaveLength(1);
  expect(memoryCost(...aPlan({ rollout: { keep: "stopped" } }), used(1))[0]?.message).toMatch(
    /until .* retired: about 1 MiB/,
  );
});

it.each([
  ["nothing serves yet", aPlan({ stack: aStack() }), mib],
  ["nothing of it is in slots", aPlan({ after: [inBase] }), mib],
  ["nothing is known", aPlan(), 0],
])("where %s it says nothing", (_what, plan, bytes) => {
  expect(memoryCost(...plan, used(bytes))).toEqual([]);
});

it.each([
  ["from slots to base", [web, worker], [inBase, worker], aStack({ services: [web, worker], live })],
  ["from base to slots", [inBase, worker], [web, worker], inSlot("worker")],
])("a version of which all that serves moves %s is never warm", (_way, before, after, stack) => {
  const [plan, observed] = aPlan({ before, after, stack });
  expect(plan.steps.filter(({ kind }) => kind === "retire")).toEqual([]);
  expect(memoryCost(plan, observed, used(mib))).toMatchObject([
    { severity: "info", code: "not-warm", hint: "a rollback will start it first" },
  ]);
});

/** Only this service is in the slot that runs, and there is no door. */
function inSlot(service: string): ReturnType<typeof aStack> {
  const stack = aStack();
  const blue = { ...stack.slots.blue, release: "r-1", containers: [aContainer(service)] };
  return { ...stack, slots: { ...stack.slots, blue } };
}

it.each([
  ["stays warm", 600, undefined, []],
  ["is stopped where little would be left", 200, undefined, ["not-warm"]],
  ["stays warm where less is enough", 200, 90 * mib, []],
])("a version that %s", (_what, available, minFreeMemory, expected) => {
  const machine = { availableBytes: available * mib, totalBytes: 1_024 * mib };
  const findings = memoryCost(...aPlan({ rollout: { minFreeMemory } }), { liveBytes: 100 * mib, machine });
  expect(findings.map(({ code }) => code)).toEqual(["two-versions", ...expected]);
  expect(findings[0]?.message).toMatch(/stays warm/);
});
