import type { ServiceFacts, SluiceError } from "@sluice/core";
import { aConfig, aProject, aService } from "@sluice/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, killedAt } from "../../test/support/scenario.ts";
import { skewWallTime, yearMs } from "../../test/support/skew.ts";
import { readAttempts } from "../record/read-attempts.ts";

const webs = ["web", "admin", "api"].map((name, index) =>
  aService(name, { ports: [{ published: 8080 + index, target: 3000, protocol: "tcp" }] }),
);
const others: readonly ServiceFacts[] = [
  aService("worker", { role: "worker" }),
  aService("mailer", { role: "worker", overlap: true }),
  aService("cron", { role: "worker", strategy: "recreate" }),
  aService("migrate", { role: "job" }),
  aService("certs", { role: "job" }),
  aService("search", { role: "data", dependsOn: ["certs"], awaits: ["certs"] }),
  aService("db", { role: "data" }),
  aService("proxy", { role: "edge", dependsOn: ["web"] }),
];

/** At least one web service, and any of the rest. */
const serviceSet = fc
  .tuple(fc.subarray(webs, { minLength: 1 }), fc.subarray([...others]))
  .map(([some, rest]) => [...some, ...rest]);
const configs = fc
  .record({
    keep: fc.constantFrom("warm" as const, "stopped" as const, "removed" as const),
    steps: fc.constantFrom<number[]>([100], [1, 100], [10, 50, 100]),
    bake: fc.constantFrom("0s", "1s"),
  })
  .map((rollout) => aConfig({ rollout }));
const behaviour = fc.constantFrom(
  {},
  {},
  { exits: ["web", "admin", "api"] },
  { exits: ["worker", "mailer"] },
  { failingJobs: ["migrate", "certs"] },
);

/** What happened before, what is under way when the deployer is killed, how often, and how wall time jumps meanwhile. */
const stories = fc.record({
  services: fc.array(serviceSet, { minLength: 4, maxLength: 4 }),
  config: configs,
  isPlain: fc.boolean(),
  releasesBefore: fc.integer({ min: 0, max: 2 }),
  second: behaviour,
  goesBack: fc.boolean(),
  skew: fc.array(fc.integer({ min: -5 * yearMs, max: 5 * yearMs }), { minLength: 1, maxLength: 3 }),
  kills: fc.array(fc.integer({ min: 1, max: 110 }), { minLength: 1, maxLength: 3 }),
});

describe("whatever a stack is made of and whenever its deployer is killed", () => {
  it("no user is lost, and the next run leaves one version", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        stories,
        async ({ services, config, isPlain, releasesBefore, second, goesBack, skew, kills }) => {
          const of = (index: number) => services[index] ?? [];
          const scenario = aScenario({ config });
          skewWallTime(scenario, skew);
          // What no release knows is an orphan of Compose's, and nobody's to touch.
          const inAll = of(0).filter((service) => services.every((set) => set.includes(service)));
          if (isPlain) scenario.world.runPlain(aProject({ services: inAll }));
          for (let index = 0; index < releasesBefore; index++) {
            await scenario.deploy(`v${index}`, { services: of(index) });
          }
          scenario.world.behaviours.set("next", second);
          for (const [index, at] of kills.entries()) {
            scenario.world.restart();
            scenario.world.clock.skewWall(skew[0] ?? 0);
            const isRollback = goesBack && index === kills.length - 1 && releasesBefore === 2;
            await killedAt(scenario, at, () =>
              isRollback
                ? scenario.rollback(undefined, { services: of(2) })
                : scenario.deploy("next", { services: of(2) }),
            );
          }
          let result = await scenario.deploy("last", { services: of(3) });
          // What plain Compose ran and a deployment replaced cannot be put back: no release says how it was. A person is told how to go on.
          if (isPlain && (result.error as Partial<SluiceError> | undefined)?.code === "RELEASE_UNKNOWN") {
            result = await scenario.deploy("last", { services: of(3), acceptNotUndone: true });
          }
          expect(result).toMatchObject({ exitCode: 0 });
          expect([...(await problemsOf(scenario)), ...serves(scenario, "last")]).toEqual([]);
          const attempts = await readAttempts(scenario.world.ports().journal);
          const ids = attempts.map(({ start }) => start.deployment);
          expect(ids).toEqual(ids.toSorted());
          expect(attempts.at(-1)).toMatchObject({ start: { tag: "last" }, end: { outcome: "live" } });
        },
      ),
      { numRuns: 200 },
    );
  });
});
