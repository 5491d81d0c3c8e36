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

function jobsWith(database: NonNullable<Parameters<typeof aConfig>[0]>["database"], observed = stack) {
  const config = aConfig(database ? { database } : {});
  const desired: DesiredDeployment = {
    tag: "v2",
    services,
    config,
    bundleId: null,
    imagesOf: null,
    wasLive: false,
    prunable: [],
  };
  return planDeployment(desired, observed).steps.flatMap((step) =>
    step.kind === "job" ? [[step.service, step.database, step.cause]] : [],
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

it("jobs run as they are where nobody asked, nobody wants it, or the database does not run yet", () => {
  const both = [plain("migrate"), plain("assets")];
  expect(jobsWith(undefined)).toEqual(both);
  expect(jobsWith({ service: "db", migrate: { enabled: false } })).toEqual(both);
  expect(jobsWith({ service: "db" }, aStack())).toEqual(both);
});
