import { pinnedModel } from "@sluice/core";
import { aBundle, aService } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { withCheckout } from "./checkout.ts";
import { defaultPlatform, withDefaultPlatform } from "./default-platform.ts";

const files = {
  name: "shop",
  services: {
    web: { build: { context: "/srv/shop" } },
    emulated: { build: { context: "/srv/shop" }, platform: "linux/amd64" },
    cache: { image: "valkey:8" },
  },
};
const model = withDefaultPlatform(withCheckout(files, "/srv/shop"), "linux/arm64");

describe("the default platform of an env file", () => {
  it("is that of each service which is built and says none, as Compose has it", () => {
    expect(model.services).toEqual({
      web: { build: { context: "/srv/shop" }, platform: "linux/arm64" },
      emulated: { build: { context: "/srv/shop" }, platform: "linux/amd64" },
      cache: { image: "valkey:8" },
    });
  });

  it("is not that of what is built for others only, which would make the whole project invalid", () => {
    const ofPlatforms = (...platforms: readonly string[]) => {
      const web = { build: { context: "/srv/shop", platforms } };
      return withDefaultPlatform({ name: "shop", services: { web } }, "linux/arm64").services["web"]?.["platform"];
    };
    expect(ofPlatforms("linux/amd64", "linux/s390x")).toBeUndefined();
    expect(ofPlatforms("linux/amd64", "linux/arm64")).toBe("linux/arm64");
    expect(ofPlatforms()).toBe("linux/arm64");
  });

  it("stays with what a release runs by the id of its image", () => {
    const bundle = aBundle("r1", { services: Object.keys(files.services).map((name) => aService(name)) });
    const { web, emulated } = pinnedModel({ model, bundle, filesDir: "/bundles/r1/files" }).services;
    expect(web).toEqual({ image: bundle.images["web"], pull_policy: "never", platform: "linux/arm64" });
    expect(emulated).toMatchObject({ platform: "linux/amd64" });
  });

  it("is noted for what is pulled", () => {
    expect(defaultPlatform(model)).toEqual({ DOCKER_DEFAULT_PLATFORM: "linux/arm64" });
  });

  it("changes nothing where there is none, or an empty one", () => {
    expect(withDefaultPlatform(files, undefined)).toBe(files);
    expect(withDefaultPlatform(files, "")).toBe(files);
  });
});
