import { describe, expect, it } from "vitest";
import type { ServiceFacts } from "../../model/service.ts";
import { aConfig, aService, aStack } from "../../testing/index.ts";
import { formatPlan } from "../format-plan.ts";
import { type DesiredDeployment, planDeployment } from "../plan-deployment.ts";

const services = [
  aService("web"),
  aService("migrate", { role: "job" }),
  aService("assets", { role: "job" }),
  aService("db", { role: "data" }),
];
const stack = aStack({ services, live: { slot: "blue", release: "r-1" } });

const wanted = (config: Parameters<typeof aConfig>[0]): DesiredDeployment => ({
  tag: "v2",
  services,
  config: aConfig(config),
  bundleId: null,
  imagesOf: null,
  wasLive: false,
  prunable: [],
});

function jobsWith(database: NonNullable<Parameters<typeof aConfig>[0]>["database"], observed = stack) {
  const desired = wanted(database ? { database } : {});
  return planDeployment(desired, observed).steps.flatMap((step) =>
    step.kind === "job"
      ? [[step.service, step.database, step.cause.replace(/; meanwhile release v2 gets slot \w+$/, "")]]
      : [],
  );
}

const plain = (name: string) => [name, undefined, `${name} runs once for each release`];
const careful = (name: string) => [
  name,
  "db",
  `${name} runs once for each release; it gives up rather than hold up what uses db`,
];

it("jobs run with care where a database is configured and runs", () => {
  expect(jobsWith({ service: "db" })).toEqual([careful("migrate"), careful("assets")]);
  expect(jobsWith({ service: "db", migrate: { jobs: ["migrate"] } })).toEqual([careful("migrate"), plain("assets")]);
});

it("care is promised only where it can be given", () => {
  const causes = (kind: "mariadb" | "sqlite") => jobsWith({ service: "db", kind, migrate: { jobs: ["migrate"] } })[0];
  expect(causes("mariadb")).toEqual([
    "migrate",
    "db",
    "migrate runs once for each release; what it has changed of db when it fails stays changed: the way back is a backup",
  ]);
  expect(causes("sqlite")).toEqual(["migrate", "db", "migrate runs once for each release"]);
});

it("the slot is made while the first of them runs, where it has to be made", () => {
  const stepsOf = (over: Partial<DesiredDeployment>, all = services) =>
    planDeployment({ ...wanted({}), services: all, ...over }, stack).steps.flatMap((step) =>
      ["clear", "create", "job"].includes(step.kind) ? [`${step.id}${"creates" in step ? " creates" : ""}`] : [],
    );
  expect(stepsOf({})).toEqual(["job-1 creates", "job-2"]);
  expect(stepsOf({ wasLive: true })).toEqual(["create-1"]);
  expect(stepsOf({}, [aService("web")])).toEqual(["create-1"]);
});

it("jobs run as they are where nobody asked, nobody wants it, or the database does not run yet", () => {
  const both = [plain("migrate"), plain("assets")];
  expect(jobsWith(undefined)).toEqual(both);
  expect(jobsWith({ service: "db", migrate: { enabled: false } })).toEqual(both);
  expect(jobsWith({ service: "db" }, aStack())).toEqual(both);
});

it("one that fails may be run again unless it reaches data that runs already, configured or not", () => {
  const apart = [
    ...services,
    aService("report", { role: "job", networks: ["reports"] }),
    aService("old-db", { role: "data", networks: ["reports"], active: false }),
  ];
  const again = (observed: typeof stack, config: Parameters<typeof aConfig>[0] = {}) =>
    planDeployment({ ...wanted(config), services: apart }, observed).steps.flatMap((step) =>
      step.kind === "job" && step.runsAgain ? [step.service] : [],
    );
  const serving = aStack({ services: apart, live: { slot: "blue", release: "r-1" } });
  expect(again(aStack())).toEqual(["migrate", "assets", "report"]);
  expect(again(serving)).toEqual(["report"]);
  expect(again(serving, { database: { service: "db", migrate: { enabled: false } } })).toEqual(["report"]);
});

it("a job of which no network is known may reach all data, and so do those of a database in a file", () => {
  const again = (...services: readonly ServiceFacts[]) =>
    planDeployment(
      { ...wanted({ database: { service: "web", kind: "sqlite", migrate: { enabled: false } } }), services },
      aStack({ services, live: { slot: "blue", release: "r-1" } }),
    ).steps.flatMap((step) => (step.kind === "job" && step.runsAgain ? [step.service] : []));
  const job = (networks: readonly string[]) => aService("migrate", { role: "job", networks });
  expect(again(aService("db", { role: "data", networks: ["a"] }), job([]))).toEqual([]);
  expect(again(aService("db", { role: "data", networks: ["a"] }), job(["b"]))).toEqual(["migrate"]);
  expect(again(aService("web"), job(["default"]))).toEqual([]);
});

describe("data that waits for a job", () => {
  const services = [
    aService("web"),
    aService("migrate", { role: "job", dependsOn: ["db"] }),
    aService("db", { role: "data", dependsOn: ["certs"], awaits: ["certs"] }),
    aService("certs", { role: "job" }),
  ];
  const plan = (observed: Parameters<typeof planDeployment>[1], over: Partial<DesiredDeployment> = {}) =>
    formatPlan(planDeployment({ ...wanted({}), services, ...over }, observed))
      .split("\n")
      .filter((line) => /\. (?:clear|networks|base|job|create) /.test(line))
      .map((line) => line.replace(/^ *\d+\. /, "").replaceAll(/ +/g, " "));

  it("is made after it, and the slot with the first job that comes after base", () => {
    expect(plan(aStack())).toEqual([
      "networks links of blue (slot blue needs the networks of base)",
      "job job certs (certs runs once for each release; db waits for it)",
      "base data db (not there yet)",
      "job job migrate (migrate runs once for each release; meanwhile release v2 gets slot blue)",
    ]);
    const withoutMigration = services.filter(({ name }) => name !== "migrate");
    expect(plan(aStack(), { services: withoutMigration })).toEqual([
      "networks links of blue (slot blue needs the networks of base)",
      "job job certs (certs runs once for each release; db waits for it)",
      "base data db (not there yet)",
      "create slot blue (release v2 gets slot blue)",
    ]);
  });

  it("is left alone where it runs as it should, and the job runs with the others", () => {
    const observed = aStack({ services, live: { slot: "blue", release: "r-1" }, warm: "r-0" });
    expect(plan(observed)).toEqual([
      "networks links of green (slot green needs the networks of base)",
      "job job migrate (migrate runs once for each release; meanwhile release v2 gets slot green, which holds release r-0)",
      "job job certs (certs runs once for each release)",
    ]);
  });

  it("is changed after it, beside a slot that was emptied before", () => {
    const stack = aStack({ services, live: { slot: "blue", release: "r-1" }, warm: "r-0" });
    const changed = { service: "db", state: "changed", reason: "its image changed", containers: [] } as const;
    expect(plan({ ...stack, base: { ...stack.base, db: changed } })).toEqual([
      "clear slot green (holds release r-0)",
      "networks links of green (slot green needs the networks of base)",
      "job job certs (certs runs once for each release; db waits for it)",
      "base data db (its image changed)",
      "job job migrate (migrate runs once for each release; meanwhile release v2 gets slot green)",
    ]);
  });

  it("is made without it where the release was live: its jobs ran", () => {
    expect(plan(aStack(), { wasLive: true, bundleId: "r-2" })).toEqual([
      "networks links of blue (slot blue needs the networks of base)",
      "base data db (not there yet)",
      "create slot blue (release v2 gets slot blue)",
    ]);
  });
});
