import { describe, expect, it } from "vitest";
import type { ComposeModel, ComposeService } from "../../model/compose.ts";
import { aBundle } from "../../testing/a-release.ts";
import { aService } from "../../testing/a-service.ts";
import { buildDifferences, hasImagesOf } from "./image-recipe.ts";

const services = [
  aService("web", { builds: true }),
  aService("worker", { role: "worker" }),
  aService("db", { role: "data" }),
  aService("debug", { role: "tool" }),
];
const modelOf = (over: Readonly<Record<string, ComposeService>> = {}, checkout = "/srv/shop"): ComposeModel => ({
  name: "shop",
  "x-sluice": { checkout },
  services: {
    web: { image: "shop", build: { context: checkout } },
    worker: { image: "worker:1" },
    db: { image: "postgres:16" },
    debug: { image: "debug:1" },
    ...over,
  },
});
const web = (build: Readonly<Record<string, unknown>>, rest: Readonly<Record<string, unknown>> = {}) =>
  modelOf({ web: { image: "shop", build: { context: "/srv/shop", ...build }, ...rest } });
const pulledFor = (platform: string, model = modelOf()) => ({
  ...model,
  "x-sluice": { checkout: "/srv/shop", platform },
});
const stored = { bundle: aBundle("r1", { services }), model: modelOf() };

describe("images of the same commit are used", () => {
  it.each([
    ["nothing of the images differs", modelOf({ worker: { image: "worker:1", environment: { A: "b" } } })],
    ["a built image is called otherwise", modelOf({ web: { image: "shop:v2", build: { context: "/srv/shop" } } })],
    ["the checkout lies elsewhere", modelOf({}, "/home/runner/shop")],
    ["only a tool differs", modelOf({ debug: { image: "debug:2" } })],
  ] as const)("where %s", (_, model) => {
    expect(hasImagesOf(stored, { services, model })).toBe(true);
  });

  it.each([
    ["an argument of the build is another", web({ args: { FLAVOUR: "mild" } })],
    ["the target is another", web({ target: "dev" })],
    ["the file of the build is another", web({ dockerfile: "Dockerfile.slim" })],
    ["the directory of the build is another", web({ context: "/srv/shop/other" })],
    ["a label of the image is another", web({ labels: { tier: "front" } })],
    ["the build is for other platforms", web({ platforms: ["linux/arm64"] })],
    ["the platform is another", web({}, { platform: "linux/arm64" })],
    ["an image that is pulled is another", modelOf({ worker: { image: "worker:2" } })],
    ["an image is pulled for another platform", modelOf({ worker: { image: "worker:1", platform: "linux/arm64" } })],
    ["what says no platform is pulled for another one", pulledFor("linux/arm64")],
    ["what was pulled is built", modelOf({ worker: { image: "worker:1", build: { context: "/srv/shop" } } })],
  ] as const)("not where %s", (_, model) => {
    expect(hasImagesOf(stored, { services, model })).toBe(false);
  });

  it("not where there is none of a service", () => {
    const bundle = aBundle("r1", { services: services.slice(0, 1) });
    expect(hasImagesOf({ ...stored, bundle }, { services, model: stored.model })).toBe(false);
  });
});

it("images of the same commit are used where those that are mounted are there, too", () => {
  const volumes = [{ type: "image", source: "acme/assets", target: "/assets" }];
  const model = modelOf({ worker: { image: "worker:1", volumes } });
  expect(hasImagesOf(stored, { services, model })).toBe(false);
  const images = { ...stored.bundle.images, "acme/assets:latest": "sha256:a" };
  expect(hasImagesOf({ model, bundle: { ...stored.bundle, images } }, { services, model })).toBe(true);
});

it("images that are mounted are used again for the same platform only", () => {
  const volumes = [{ type: "image", source: "acme/assets", target: "/assets" }];
  // All that runs says its platform itself.
  const platform = "linux/amd64";
  const ofPlatform = Object.fromEntries(
    Object.entries(modelOf({ worker: { image: "worker:1", volumes } }).services).map(([name, service]) => [
      name,
      { ...service, platform },
    ]),
  );
  const model = modelOf(ofPlatform);
  const images = { ...stored.bundle.images, "acme/assets:latest": "sha256:a" };
  const release = { model, bundle: { ...stored.bundle, images } };
  expect(hasImagesOf(release, { services, model })).toBe(true);
  expect(hasImagesOf(release, { services, model: pulledFor("linux/arm64", model) })).toBe(false);
});

describe("a build that begins from another service's image", () => {
  const from = (over: ComposeService) =>
    modelOf({
      web: { build: { context: "/srv/shop", additional_contexts: { base: "service:base", docs: "/srv/shop/docs" } } },
      base: over,
    });
  const base = (build: Readonly<Record<string, unknown>>) => from({ build: { context: "/srv/shop/base", ...build } });

  it("is another where that one is built or pulled otherwise", () => {
    expect(buildDifferences(base({}), base({}), "web")).toEqual([]);
    expect(buildDifferences(base({}), base({ args: { KEY: "hunter22" } }), "web")).toEqual(["additional_contexts"]);
    expect(buildDifferences(from({ image: "base:1" }), from({ image: "base:2" }), "web")).toHaveLength(1);
  });

  it("ends where two begin from each other, which Compose refuses", () => {
    const round = base({ additional_contexts: { web: "service:web" } });
    expect(buildDifferences(round, round, "web")).toEqual([]);
  });
});

it("a service that names the image that another builds is made as that one is", () => {
  const shared = (args: Readonly<Record<string, string>>) =>
    modelOf({
      web: { image: "shop:v1", build: { context: "/srv/shop", args } },
      worker: { image: "shop:v1" },
    });
  expect(buildDifferences(shared({}), shared({}), "worker")).toEqual([]);
  expect(buildDifferences(shared({}), shared({ A: "b" }), "worker")).toEqual(["arguments (A)"]);
});
