import { parseConfig } from "@sluice/core";
import { expect, it } from "vitest";
import { heldMinutes, jobMinutes } from "./job-minutes.ts";

const of = (yaml: string) => {
  const config = parseConfig(yaml, "sluice.yaml");
  return { held: heldMinutes(config), ...jobMinutes(config) };
};

it("a job may take as long as the configuration lets it", () => {
  // 30 for others, 30 of work, 60 for a person where it is paused, and what is watched.
  expect(of("{}")).toEqual({ held: 2, deploy: 130, rollback: 60, backup: 180, verify: 10 });
  expect(of("database: {}")).toMatchObject({ deploy: 250, backup: 180 });
  expect(of("database: { beforeDeploy: taken, timeout: 3h, rehearsal: warn }")).toMatchObject({
    deploy: 430,
    backup: 300,
  });
  expect(of("database: { beforeDeploy: none, rehearsal: warn }")).toMatchObject({ deploy: 310 });
  expect(of("database: { beforeDeploy: proven, rehearsal: warn }")).toMatchObject({ deploy: 310 });
  expect(of("traffic: { drain: { timeout: 1h } }")).toMatchObject({ deploy: 250, rollback: 170 });
});

it("steps, the bake and people who are asked hold every deployment", () => {
  const steps = "[{ share: 5, for: 30m }, { share: 25, for: 30m }, { share: 50, for: 30m }, 100]";
  // What is not warm any more is gone back to in the same steps.
  expect(of(`rollout: { steps: ${steps}, bake: 1h }`)).toMatchObject({ held: 150, deploy: 280, rollback: 200 });
  expect(of(`rollout: { steps: ${steps}, bake: 1h }\nanalysis: { onNoData: extend }`)).toMatchObject({ deploy: 430 });
  const asked = "rollout: { steps: [{ share: 50, approval: true }, 100], approval: { timeout: 4h } }";
  expect(of(asked)).toMatchObject({ held: 241, deploy: 550 });
  expect(of("rollout: { steps: auto }")).toMatchObject({ held: 1, deploy: 150 });
});

it("a deployment, and a way back to what is not warm, may take all the time that checks and starts are given", () => {
  const usual = of("{}");
  const more = (yaml: string) => {
    const { held, deploy, rollback } = of(yaml);
    return { held: held - usual.held, deploy: deploy - usual.deploy, rollback: rollback - usual.rollback };
  };
  // 122 minutes and 43 are rounded up to the usual ones.
  const smoke = "{ command: { run: [smoke] }, timeout: 20m, retries: 2 }";
  expect(more(`checks: [${smoke}]`)).toEqual({ held: 0, deploy: 60, rollback: 50 });
  // One before users meet the release, and one of a worker after that.
  const late = "{ service: worker, command: { run: [smoke] }, timeout: 20m }";
  expect(more(`checks: [${smoke}, ${late}]`)).toEqual({ held: 0, deploy: 80, rollback: 70 });
  const loads = Array<string>(24).fill("{ load: { path: /, for: 2m } }");
  expect(more(`checks: [${loads.join(", ")}]`)).toEqual({ held: 48, deploy: 60, rollback: 50 });
  // Three spans are watched: two steps, and the bake.
  expect(more("checks: [{ logs: {}, timeout: 10m, interval: 10m }]")).toEqual({ held: 0, deploy: 60, rollback: 50 });
  const services = "services: { web: { startTimeout: 30m }, worker: { startTimeout: 30m } }";
  expect(more(services)).toEqual({ held: 0, deploy: 60, rollback: 50 });
});

it("the checks of what serves may take all the time that they are given", () => {
  const checks = (...written: readonly string[]) => of(`checks: [${written.join(", ")}]`).verify;
  expect(checks("{ resources: { growth: { window: 20m } } }")).toBe(50);
  expect(checks("{ command: { run: [smoke] }, timeout: 10m, retries: 2 }")).toBe(40);
  expect(checks("{ http: { path: / }, timeout: 1m, successes: 5, retries: 1 }")).toBe(20);
  // Checks are asked at once, loads one after the other, and what is watched comes then.
  const [slow, load] = ["{ http: { path: / }, timeout: 10m }", "{ load: { path: /, for: 2m } }"];
  expect(checks(slow, slow)).toBe(20);
  expect(checks(...Array<string>(6).fill(load))).toBe(30);
  expect(checks(slow, load, load, load, "{ logs: {}, timeout: 10m }")).toBe(40);
  expect(of("notify: { timeout: 10m }").verify).toBe(20);
});
