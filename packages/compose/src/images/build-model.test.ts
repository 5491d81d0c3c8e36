import { expect, it } from "vitest";
import { buildModel, builtFor, sharedBuilds } from "./build-model.ts";

const model = {
  name: "shop",
  services: {
    web: { image: "acme/shop", build: { context: "/src", tags: ["acme/shop:9"] }, environment: { SECRET: "x" } },
    worker: { image: "acme/shop:latest" },
    api: { build: { context: "/api" } },
    cron: { image: "shop-api" },
    db: { image: "postgres:17" },
  },
};

it("builds under other names only, and nothing but what is built", () => {
  expect(buildModel(model, { web: "sluice/shop-web:t", api: "sluice/shop-api:t" }).services).toEqual({
    web: { image: "sluice/shop-web:t", build: { context: "/src" } },
    api: { image: "sluice/shop-api:t", build: { context: "/api" } },
  });
});

it("gives a service that names a built image that image", () => {
  const built = new Set(["web", "api"]);
  expect(["worker", "cron", "db"].map((name) => builtFor(model, name, built))).toEqual(["web", "api", undefined]);
});

it("builds what is word for word the same once", () => {
  const build = { context: "/src", args: { A: "1", B: "2" } };
  const services = {
    worker: { build: { ...build, args: { B: "2", A: "1" } } },
    web: { build: { ...build, tags: ["acme/shop:9"] } },
    admin: { build: { ...build, target: "admin" } },
    other: { build: { ...build, args: { A: "1", B: "3" } } },
  };
  expect(sharedBuilds({ name: "shop", services }, ["worker", "web", "admin", "other"])).toEqual({
    admin: "admin",
    other: "other",
    web: "web",
    worker: "web",
  });
});
