import { expect, it } from "vitest";
import { aConfig, aContainer, aService, aStack } from "../../testing/index.ts";
import { type DesiredDeployment, planDeployment } from "../plan-deployment.ts";

const services = [aService("web"), aService("migrate", { role: "job" }), aService("db", { role: "data" })];
const live = { slot: "blue", release: "r-1" } as const;
const config = (rehearsal: "off" | "warn" | "block") => aConfig({ database: { service: "db", rehearsal } });
const desired: DesiredDeployment = {
  tag: "v2",
  services,
  config: config("block"),
  bundleId: null,
  imagesOf: null,
  wasLive: false,
  prunable: [],
};
const stepsOf = (over: Partial<DesiredDeployment> = {}, stack = aStack({ services, live })) =>
  planDeployment({ ...desired, ...over }, stack).steps;
const rehearsalIn = (...args: Parameters<typeof stepsOf>) => stepsOf(...args).find(({ kind }) => kind === "rehearse");

it("comes after the backup and before all that may change the database", () => {
  expect(
    stepsOf()
      .slice(0, 3)
      .map(({ kind }) => kind),
  ).toEqual(["build", "backup", "rehearse"]);
  expect(rehearsalIn()).toMatchObject({
    service: "db",
    blocks: true,
    acceptIncompatible: false,
    target: "migration of v2",
    cause: "migrate of v2 runs on a copy of db first",
  });
});

it("only tells where that is wanted, and says what was accepted", () => {
  expect(rehearsalIn({ config: config("warn") })).toMatchObject({ blocks: false });
  expect(rehearsalIn({ acceptIncompatible: true })).toMatchObject({
    acceptIncompatible: true,
    cause: expect.stringContaining("is accepted"),
  });
});

it("comes with its backup also where the database is a file of a service in a slot", () => {
  const inWeb = aConfig({ database: { service: "web", kind: "sqlite", file: "/data/app.db", rehearsal: "block" } });
  const kinds = stepsOf({ config: inWeb }).map(({ kind }) => kind);
  expect(kinds.slice(0, 3)).toEqual(["build", "backup", "rehearse"]);
  expect(rehearsalIn({ config: inWeb }, aStack())).toBeUndefined();
  const adopted = aStack({ services, plain: [aContainer("web")] });
  expect(rehearsalIn({ config: inWeb }, adopted)).toMatchObject({ service: "web" });
});

it("is not there where nobody asked, nothing runs, or the release was live before", () => {
  expect(rehearsalIn({ config: aConfig({ database: { service: "db" } }) })).toBeUndefined();
  expect(rehearsalIn({ config: config("off") })).toBeUndefined();
  expect(rehearsalIn({ wasLive: true, bundleId: "r-2" })).toBeUndefined();
  expect(rehearsalIn({}, aStack())).toBeUndefined();
});
