import { expect, it } from "vitest";
import { aConfig, aService, aStack } from "../../testing/index.ts";
import { type DesiredDeployment, planDeployment } from "../plan-deployment.ts";

const db = aService("db", { role: "data" });
const api = aService("api", { replicas: 2 });
const web = aService("web", { dependsOn: ["api"] });
const job = aService("migrate", { role: "job" });
const desired: DesiredDeployment = {
  tag: "v2",
  services: [web, api, db],
  config: aConfig({ database: { service: "db" } }),
  bundleId: null,
  imagesOf: null,
  wasLive: false,
  prunable: [],
};

function startOf(over: Partial<DesiredDeployment> = {}) {
  const { services } = { ...desired, ...over };
  const stack = aStack({ services, live: { slot: "blue", release: "r-1" } });
  const step = planDeployment({ ...desired, ...over }, stack).steps.find(({ kind }) => kind === "start");
  return step?.kind === "start" ? step : undefined;
}

it("one replica starts alone where no job migrates the configured database", () => {
  expect(startOf()).toMatchObject({
    services: ["web", "api"],
    first: "api",
    cause: "the candidate must be ready before anyone meets it; one api starts alone, as it may migrate db",
  });
  // Each of the two waits has its own time.
  expect(startOf()?.timeoutMs).toBe(
    (startOf({ services: [web, api, db, job] })?.timeoutMs ?? 0) + api.startBudget.timeoutMs,
  );
});

it.each([
  ["a job migrates", { services: [web, api, db, job] }],
  ["no database is configured", { config: aConfig() }],
  ["the release was live before", { wasLive: true, bundleId: "r-2" }],
  ["there is only one", { services: [aService("web"), db] }],
])("all start at once where %s", (_why, over) => {
  expect(startOf(over)?.first).toBeUndefined();
});
