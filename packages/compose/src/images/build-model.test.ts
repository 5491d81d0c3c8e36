import { describe, expect, it } from "vitest";
import { withCheckout } from "../model/checkout.ts";
import { withDefaultPlatform } from "../model/default-platform.ts";
import { buildModel, sharedBuilds, withContexts } from "./build-model.ts";

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

it("builds from where the project is, for the platform of its env file", () => {
  const services = { web: { build: { cache_to: ["type=local,dest=cache"] } } };
  const noted = withDefaultPlatform(withCheckout({ name: "shop", services }, "/srv/shop"), "linux/arm64");
  expect(buildModel(noted, { web: "w:t" })).toEqual({
    name: "shop",
    services: {
      web: { image: "w:t", build: { cache_to: ["type=local,dest=/srv/shop/cache"] }, platform: "linux/arm64" },
    },
  });
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

it("builds for the platform of the service, and for two of them twice", () => {
  const build = { context: "/src" };
  const services = {
    arm: { build, platform: "linux/arm64" },
    intel: { build, platform: "linux/amd64" },
    plain: { build },
  };
  const shared = sharedBuilds({ name: "shop", services }, Object.keys(services));
  expect(shared).toEqual({ arm: "arm", intel: "intel", plain: "plain" });
  expect(buildModel({ name: "shop", services }, { intel: "sluice/shop-intel:t" }).services).toEqual({
    intel: { image: "sluice/shop-intel:t", build, platform: "linux/amd64" },
  });
});

describe("what a build begins from", () => {
  const services = {
    web: { build: { context: "/web", additional_contexts: { libs: "service:libs", src: "/src" } } },
    libs: { build: { context: "/libs", additional_contexts: { base: "service:base" } } },
    base: { build: { context: "/base" } },
    assets: { build: { context: "/base" } },
    tool: { build: { context: "/tool" } },
    db: { image: "postgres:17" },
  };
  const ofServices = { name: "shop", services };

  it("is built with it, with what that begins from", () => {
    expect(withContexts(ofServices, ["web"]).toSorted()).toEqual(["base", "libs", "web"]);
    expect(withContexts(ofServices, ["tool"])).toEqual(["tool"]);
  });

  it("ends where it comes round, or is nothing that is built", () => {
    const build = { context: "/x", additional_contexts: { a: "service:web", b: "service:db", c: "service:gone" } };
    expect(withContexts({ name: "shop", services: { ...services, web: { build } } }, ["web"])).toEqual(["web"]);
  });

  it("is called by the name under which it is built", () => {
    const shared = sharedBuilds(ofServices, withContexts(ofServices, ["web", "assets"]));
    expect(shared).toMatchObject({ base: "assets", assets: "assets" });
    const tags = { web: "w:t", libs: "l:t", assets: "a:t" };
    expect(buildModel(ofServices, tags, shared).services).toEqual({
      web: { image: "w:t", build: { context: "/web", additional_contexts: { libs: "service:libs", src: "/src" } } },
      libs: { image: "l:t", build: { context: "/libs", additional_contexts: { base: "service:assets" } } },
      assets: { image: "a:t", build: { context: "/base" } },
    });
  });
});
