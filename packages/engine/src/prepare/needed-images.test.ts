import type { DeploymentPlan } from "@sluice/core";
import { aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { neededImages } from "./needed-images.ts";

const services = [
  aService("web"),
  aService("migrate", { role: "job" }),
  aService("db", { role: "data", strategy: "recreate" }),
];
const mounting = (source: string) => ({ volumes: [{ type: "image", source, target: "/mounted" }] });
const model = { name: "shop", services: { web: mounting("acme/assets:1"), migrate: mounting("acme/sql:1") } };
const images = {
  web: "sha256:w",
  migrate: "sha256:m",
  db: "sha256:d",
  "acme/assets:1": "sha256:a",
  "acme/sql:1": "sha256:s",
};
const needed = (...steps: readonly object[]) =>
  neededImages({ bundle: { services, images }, model }, { steps: steps as unknown as DeploymentPlan["steps"] });

it("a slot needs the images of its services and those that they mount, and a job its own", () => {
  const create = { kind: "create", slot: "green" };
  expect(needed(create)).toEqual({ web: "sha256:w", "acme/assets:1": "sha256:a" });
  expect(needed({ kind: "job", service: "migrate" })).toEqual({ migrate: "sha256:m", "acme/sql:1": "sha256:s" });
  expect(needed()).toEqual({});
});
