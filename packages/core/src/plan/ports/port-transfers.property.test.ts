import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceFacts } from "../../model/service.ts";
import { aConfig, aContainer, aDoor, aService, aStack } from "../../testing/index.ts";
import { planDeployment } from "../plan-deployment.ts";
import { orphansOf } from "../steps/orphans.ts";
import type { PlanStep } from "../steps/step.ts";
import { assertPortsFree } from "./assert-ports-free.ts";
import { portHeirs } from "./moved-ports.ts";
import { portTransfers } from "./port-transfers.ts";

const kinds = {
  web: {},
  recreate: { strategy: "recreate" },
  edge: { role: "edge" },
  support: { role: "support" },
} as const;
const names = ["a", "b", "c"] as const;

/** A release: which of three services it has, as what, and which ports each has. No port twice. */
const release: fc.Arbitrary<readonly ServiceFacts[]> = fc
  .record({
    kinds: fc.array(fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[]), null), {
      minLength: names.length,
      maxLength: names.length,
    }),
    owners: fc.array(fc.constantFrom(...names, null), { minLength: 3, maxLength: 3 }),
  })
  .map(({ kinds: chosen, owners }) => [
    aService("app", { ports: [] }),
    ...names.flatMap((name, at) => {
      const kind = chosen[at];
      const ports = owners.flatMap((owner, index) =>
        owner === name ? [{ published: 80 + index, target: 3000, protocol: "tcp" as const }] : [],
      );
      return kind ? [aService(name, { ...kinds[kind], ports })] : [];
    }),
  ]);

type Held = Map<number, string>;

const isWeb = ({ role, strategy }: ServiceFacts) => role === "web" && strategy === "slots";
const holderOf = (service: ServiceFacts) => `${isWeb(service) ? "door" : "base"} ${service.name}`;

function heldBy(services: readonly ServiceFacts[]): Held {
  return new Map(services.flatMap((one) => one.ports.map(({ published }) => [published, holderOf(one)] as const)));
}

/** Lets a step give and take ports. @returns the ports that it takes from somebody who has them still */
function apply(step: PlanStep, held: Held, after: readonly ServiceFacts[]): readonly number[] {
  const give = (holder: string) => {
    for (const [port, who] of held) if (who === holder) held.delete(port);
  };
  const take = (name: string, place: "door" | "base") => {
    give(`${place} ${name}`);
    const ports = after.find((one) => one.name === name)?.ports ?? [];
    const stolen = ports.filter(({ published }) => held.has(published));
    for (const { published } of ports) held.set(published, `${place} ${name}`);
    return stolen.map(({ published }) => published);
  };
  if (step.kind === "close") give(`door ${step.service}`);
  if (step.kind === "remove") give(`base ${step.service}`);
  if (step.kind === "base" || step.kind === "recreate") return take(step.service, "base");
  if (step.kind === "adopt") {
    for (const one of after.filter(isWeb)) give(`base ${one.name}`);
    return step.services.flatMap((name) => take(name, "door"));
  }
  if (step.kind !== "door") return [];
  for (const name of step.frees ?? []) give(`door ${name}`);
  return take(step.service, "door");
}

describe("every plan between two releases that share ports", () => {
  it("is refused, or never has a port twice, nor leaves one to nobody while anything else is done", () => {
    let carriedOut = 0;
    fc.assert(
      fc.property(release, release, (before, after) => {
        const seen = aStack({ services: before, live: { slot: "blue", release: "r-1" } });
        const inSlots = new Set(after.filter(isWeb).map(({ name }) => name));
        const wasInBase = before.filter((one) => !isWeb(one));
        const isKept = ({ name }: ServiceFacts) => after.some((one) => one.name === name && !isWeb(one));
        const gone = wasInBase.filter((one) => !isKept(one) && !inSlots.has(one.name));
        const stack = {
          ...seen,
          base: Object.fromEntries(
            Object.entries(seen.base).flatMap(([name, one]) =>
              wasInBase.some((service) => service.name === name && isKept(service))
                ? [[name, { ...one, state: "changed" as const, reason: "it changed" }]]
                : [],
            ),
          ),
          doors: Object.fromEntries(
            Object.entries(seen.doors).map(([name, { routing }]) => {
              return [name, { ...aDoor(name, routing), state: "outdated" as const, reason: "its ports changed" }];
            }),
          ),
          orphans: gone.map(({ name }) => aContainer(name)),
          plain: wasInBase.filter(({ name }) => inSlots.has(name)).map(({ name }) => aContainer(name)),
        };
        const orphans = orphansOf(stack, after, [before], before);
        const plan = planDeployment(
          {
            tag: "v2",
            services: after,
            config: aConfig({ rollout: { steps: [10, 100] } }),
            bundleId: null,
            imagesOf: null,
            wasLive: false,
            prunable: [],
            replaced: before,
            heirs: portHeirs(before, after),
            orphans,
          },
          stack,
        );
        try {
          assertPortsFree(plan, portTransfers(before, after, stack), { tag: "v2", services: after });
        } catch {
          return;
        }
        carriedOut += 1;
        const [held, had, wanted] = [heldBy(before), heldBy(before), heldBy(after)];
        const shared = [...wanted.keys()].filter((port) => had.has(port));
        for (const step of plan.steps) {
          const missing = shared.filter((port) => !held.has(port));
          const movesPorts = ["adopt", "door", "close", "base", "recreate", "remove"].includes(step.kind);
          expect(movesPorts ? [] : missing).toEqual([]);
          expect(apply(step, held, after)).toEqual([]);
        }
        for (const [port, holder] of wanted) expect(held.get(port)).toBe(holder);
      }),
      { numRuns: 200 },
    );
    expect(carriedOut).toBeGreaterThan(50);
  });
});
