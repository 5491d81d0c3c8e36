import type { DeploymentPlan } from "@sluice/core";
import { aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { neededImages } from "./needed-images.ts";

const services = [aService("web"), aService("db", { role: "data", strategy: "recreate" })];
const images = { web: "sha256:w", db: "sha256:d", "acme/assets:1": "sha256:a" };
const needed = (...steps: readonly object[]) =>
  neededImages({ services, images }, { steps: steps as unknown as DeploymentPlan["steps"] });

it("a slot needs the images of its services, and those that are mounted", () => {
  const create = { kind: "create", slot: "green" };
  expect(needed(create)).toEqual({ web: "sha256:w", "acme/assets:1": "sha256:a" });
  expect(needed()).toEqual({});
});
