import { expect, it } from "vitest";
import { aBundle } from "../testing/a-release.ts";
import { aService } from "../testing/a-service.ts";
import { pinnedModel } from "./pinned-model.ts";

const pinned = (services: Parameters<typeof pinnedModel>[0]["model"]["services"]) => {
  const facts = [
    aService("app", { builds: true }),
    aService("worker", { role: "worker" }),
    aService("db", { role: "data" }),
    aService("edge", { role: "edge" }),
  ];
  const images = { app: "sha256:1", worker: "sha256:1", db: "sha256:2", edge: "sha256:3" };
  const bundle = aBundle("r1", { services: facts, images });
  return pinnedModel({ model: { name: "shop", services }, bundle, filesDir: "/files" }).services;
};

it("pins what is built and what is the application, and leaves the other images that the user named", () => {
  const services = pinned({
    app: { image: "acme/app", build: { context: "/src" }, restart: "always" },
    worker: { image: "acme/app", command: ["work"] },
    db: { image: "postgres:17" },
  });
  expect(services).toEqual({
    app: { image: "sha256:1", pull_policy: "never", restart: "always" },
    worker: { image: "sha256:1", pull_policy: "never", command: ["work"] },
    db: { image: "postgres:17" },
  });
});

it.each([
  ["always", "missing"],
  ["daily", "missing"],
  ["never", "never"],
  ["if_not_present", "missing"],
])("asks no registry again: pull_policy %s is %s", (policy, then) => {
  const { edge } = pinned({ edge: { image: "acme/edge:latest", pull_policy: policy } });
  expect(edge).toEqual({ image: "acme/edge:latest", pull_policy: then });
});
