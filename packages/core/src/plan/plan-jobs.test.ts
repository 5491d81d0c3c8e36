import { expect, it } from "vitest";
import { aConfig, aService, aStack } from "../testing/index.ts";
import { type DesiredDeployment, planDeployment } from "./plan-deployment.ts";

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
