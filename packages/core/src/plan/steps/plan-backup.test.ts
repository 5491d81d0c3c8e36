import { expect, it } from "vitest";
import { aConfig, aService, aStack } from "../../testing/index.ts";
import { type DesiredDeployment, planDeployment } from "../plan-deployment.ts";

const services = [aService("web"), aService("migrate", { role: "job" }), aService("db", { role: "data" })];
const live = { slot: "blue", release: "r-1" } as const;

const backupIn = (over: Partial<DesiredDeployment>, stack = aStack({ services, live })) =>
  planDeployment(
    {
      tag: "v2",
      services,
      config: withDatabase(),
      bundleId: null,
      imagesOf: null,
      wasLive: false,
      prunable: [],
      ...over,
    },
    stack,
  ).steps.find(({ kind }) => kind === "backup");
const withDatabase = (beforeDeploy: "proven" | "taken" | "none" = "proven") =>
  aConfig({ database: { service: "db", beforeDeploy } });

it("comes with its cause, and with the time that a proof takes", () => {
  expect(backupIn({})).toMatchObject({
    service: "db",
    prove: true,
    cause: "migrate of v2 may change what it holds; a backup counts when it was restored",
    timeoutMs: 2 * 3_600_000,
  });
  const alone = services.filter(({ role }) => role !== "job");
  expect(backupIn({ services: alone, config: withDatabase("taken") })).toMatchObject({
    prove: false,
    cause: "v2 may change what it holds",
    timeoutMs: 3_600_000,
  });
});

it("comes before everything that may change the database", () => {
  const { steps } = planDeployment(
    { tag: "v2", services, config: withDatabase(), bundleId: null, imagesOf: null, wasLive: false, prunable: [] },
    aStack({ services, live }),
  );
  expect(steps.slice(0, 2).map(({ kind }) => kind)).toEqual(["build", "backup"]);
});

it("is not there where nobody asked, nothing runs, or the release was live before", () => {
  expect(backupIn({ config: aConfig() })).toBeUndefined();
  expect(backupIn({ config: aConfig({ database: {} }) })).toBeUndefined();
  expect(backupIn({ config: withDatabase("none") })).toBeUndefined();
  expect(backupIn({ wasLive: true, bundleId: "r-2" })).toBeUndefined();
  expect(backupIn({}, aStack())).toBeUndefined();
});
