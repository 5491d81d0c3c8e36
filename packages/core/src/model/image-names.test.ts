import { expect, it } from "vitest";
import { builderOf, isBuiltAs, otherBuilderOf } from "./image-names.ts";

const model = {
  name: "shop",
  services: {
    web: { image: "acme/shop", build: { context: "/src" } },
    worker: { image: "acme/shop:latest" },
    api: { build: { context: "/api" } },
    cron: { image: "shop-api" },
    old: { image: "acme/shop:8" },
    db: { image: "postgres:17" },
  },
};

it("knows who builds the image of each service, with the names and the tag that Compose takes where none is said", () => {
  const services = ["web", "worker", "api", "cron", "old", "db"];
  expect(services.map((name) => builderOf(model, name))).toEqual(["web", "web", "api", "api", undefined, undefined]);
});

it("takes no build that does not count, and none for its own", () => {
  expect(otherBuilderOf(model, "worker", ["api"])).toBeUndefined();
  expect(otherBuilderOf(model, "web")).toBeUndefined();
  expect(isBuiltAs(model, "db", "postgres:17")).toBe(false);
});
