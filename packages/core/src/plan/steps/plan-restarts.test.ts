import { describe, expect, it } from "vitest";
import type { ObservedBaseService } from "../../model/stack.ts";
import { aConfig, aContainer, aService, aStack } from "../../testing/index.ts";
import { type DesiredDeployment, planDeployment } from "../plan-deployment.ts";
import { planWarmRollback } from "../plan-rollback.ts";

const asks = (...names: string[]) => ({ dependsOn: names, restartsWith: names });
const services = [
  aService("web", asks("db")),
  aService("pool", { role: "support", ...asks("db") }),
  aService("admin", { role: "support", dependsOn: ["db"] }),
  aService("proxy", { role: "edge", ...asks("db", "board") }),
  aService("board", { role: "worker", strategy: "recreate" }),
  aService("db", { role: "data" }),
];
const live = { slot: "blue", release: "r-1" } as const;
const config = aConfig({ rollout: { steps: [100] } });

const seen = (service: string, state: ObservedBaseService["state"]): ObservedBaseService => ({
  service,
  state,
  reason: state === "current" ? "" : `it is ${state}`,
  containers: state === "absent" ? [] : [aContainer(service)],
});
const stackWith = (...changed: string[]) => {
  const observed = aStack({ services, live, warm: "r-0" });
  const others = changed.map((name) => [name, seen(name, "changed")] as const);
  return { ...observed, base: { ...observed.base, ...Object.fromEntries(others) } };
};

/** Steps in base, each with its place among all. */
function planned(desired: Partial<DesiredDeployment>, observed = stackWith("db")) {
  const wanted = { tag: "v2", services, config, bundleId: null, imagesOf: null, wasLive: false, prunable: [] };
  const { steps } = planDeployment({ ...wanted, replaced: services, ...desired }, observed);
  return steps.flatMap(({ kind, target, cause }) =>
    kind === "base" || kind === "restart" || kind === "recreate" || kind === "shift"
      ? [`${kind} ${target}: ${cause}`]
      : [],
  );
}

const recreated = "recreate service board: board cannot be two at once: it is replaced stop-first";
const shift = "shift web to 100 %: cutover";

describe("base services that ask to be restarted with others", () => {
  it("are so once those are made, an edge in its own time, and what goes on of the release that serves is told", () => {
    expect(planned({})).toEqual([
      "base data db: it is changed; web of the release that serves is not restarted with it, though depends_on asks for that",
      "restart support pool: its depends_on asks for it where db is made anew",
      shift,
      recreated,
      "restart edge proxy: its depends_on asks for it where db or board is made anew; one short gap",
    ]);
  });

  it("are not where they are made themselves after those", () => {
    const steps = planned({}, stackWith("db", "pool", "proxy"));
    expect(steps.filter((step) => step.startsWith("restart"))).toEqual([]);
    expect(steps.at(-1)).toBe("base edge proxy: it is changed");
  });

  it("are where they are built, and may be as they were", () => {
    const built = services.map((one) => (one.name === "pool" ? { ...one, builds: true } : one));
    expect(planned({ services: built })).toContain(
      "restart support pool: its depends_on asks for it where db is made anew",
    );
  });

  it("are not where nothing of those is made", () => {
    expect(planned({}, stackWith("admin"))).toEqual([
      "base support admin: it is changed",
      shift,
      recreated,
      "restart edge proxy: its depends_on asks for it where board is made anew; one short gap",
    ]);
  });

  it("are with the release that serves already, too", () => {
    expect(planned({ bundleId: "r-1" })).toEqual([
      "base data db: it is changed; web of the release that serves is not restarted with it, though depends_on asks for that",
      "restart support pool: its depends_on asks for it where db is made anew",
      "restart edge proxy: its depends_on asks for it where db is made anew; one short gap",
    ]);
  });

  it("are not where they are not there yet", () => {
    expect(planned({ replaced: undefined }, aStack()).filter((step) => step.startsWith("restart"))).toEqual([]);
  });
});

it("a warm rollback restarts them with what it makes", () => {
  const lost = { db: "no container of it is there" };
  const { steps } = planWarmRollback(services, config, aStack({ services, live, warm: "r-0" }), { lost });
  expect(steps.flatMap((step) => (step.kind === "restart" ? [[step.service, step.restartsWith]] : []))).toEqual([
    ["pool", ["db"]],
    ["proxy", ["db", "board"]],
  ]);
});
