import { expect, it } from "vitest";
import { memoryCost } from "./memory-cost.ts";
import type { DeploymentPlan, PlanStep } from "./step.ts";

const mib = 1_048_576;
const used = (liveBytes: number) => ({ liveBytes, machine: null });
const aPlan = (kinds: readonly PlanStep["kind"][], previous: DeploymentPlan["previous"] = "blue") => ({
  previous,
  steps: kinds.map((kind) => ({ kind })),
});

it("a plan says what a second version beside the first takes, and for how long", () => {
  expect(memoryCost(aPlan(["create", "shift", "bake"]), used(180 * mib))).toMatchObject([
    {
      severity: "info",
      message:
        "two versions run for as long as the version before stays warm: about 180 MiB of memory more, as one uses now",
    },
  ]);
  expect(memoryCost({ previous: "blue", steps: [{ kind: "job", creates: true }] }, used(mib))).toHaveLength(1);
  expect(memoryCost(aPlan(["create", "shift", "retire"]), used(1))[0]?.message).toMatch(
    /until .* retired: about 1 MiB/,
  );
});

it.each([
  ["nothing serves yet", aPlan(["create"], null), mib],
  ["the candidate runs already", aPlan(["shift"]), mib],
  ["nothing is known", aPlan(["create"]), 0],
])("where %s it says nothing", (_what, plan, bytes) => {
  expect(memoryCost(plan, used(bytes))).toEqual([]);
});

it.each([
  ["stays warm", 600, undefined, []],
  ["is stopped where little would be left", 200, undefined, ["not-warm"]],
  ["stays warm where less is enough", 200, 90 * mib, []],
])("a version that %s", (_what, available, minFreeMemory, expected) => {
  const machine = { availableBytes: available * mib, totalBytes: 1_024 * mib };
  const retire = { kind: "retire", keep: "warm", minFreeMemory } as const;
  const findings = memoryCost(
    { previous: "blue", steps: [{ kind: "create" }, retire] },
    { liveBytes: 100 * mib, machine },
  );
  expect(findings.map(({ code }) => code)).toEqual(["two-versions", ...expected]);
  expect(findings[0]?.message).toMatch(/stays warm/);
});
