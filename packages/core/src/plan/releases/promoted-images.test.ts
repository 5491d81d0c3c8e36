import { describe, expect, it } from "vitest";
import { aProject } from "../../testing/a-project.ts";
import { aBundle, aRequest } from "../../testing/a-release.ts";
import { aService } from "../../testing/a-service.ts";
import { promotedImages, promotionObjections } from "./promoted-images.ts";

const services = [
  aService("web", { builds: true }),
  aService("mailer", { role: "worker", builds: false }),
  aService("db", { role: "data" }),
  aService("debug", { role: "tool" }),
];
const project = aProject({ services });
const proven = (over: Parameters<typeof aBundle>[1] = {}, model = project.model) => ({
  stack: "shop-staging",
  bundle: aBundle("r1", { tag: "v1", services, ...over }),
  model,
});
const withWeb = (build: Readonly<Record<string, unknown>>) => ({
  ...project.model,
  services: { ...project.model.services, web: { ...project.model.services["web"], build } },
});

it("takes the images of what users and jobs meet, with the digest where there is one", () => {
  expect(promotedImages(project, proven({ digests: { mailer: "registry.example/mailer@sha256:1" } }))).toEqual({
    web: { id: "sha256:web-v1" },
    mailer: { id: "sha256:mailer-v1", digest: "registry.example/mailer@sha256:1" },
  });
});

describe("what users and jobs meet mounts an image", () => {
  const withAssets = (model: typeof project.model, source = "assets") => {
    const { web, ...others } = model.services;
    return {
      ...model,
      services: { ...others, web: { ...web, volumes: [{ type: "image", source, target: "/assets" }] } },
    };
  };
  const here = { services, model: withAssets(project.model) };
  const images = { ...aBundle("r1", { tag: "v1", services }).images, "assets:latest": "sha256:assets" };
  const digests = { "assets:latest": "registry.example/assets@sha256:2" };

  it("takes that one too", () => {
    expect(promotedImages(here, proven({ images, digests }))).toMatchObject({
      "assets:latest": { id: "sha256:assets", digest: "registry.example/assets@sha256:2" },
    });
    expect(promotionObjections(here, aRequest("v1"), proven({ images }))).toEqual([]);
  });

  it("not where it is not proven, unless it is built with what is", () => {
    expect(promotionObjections(here, aRequest("v1"), proven())).toEqual([
      "assets:latest is not proven in shop-staging",
    ]);
    const built = { services, model: withAssets(project.model, "web:1") };
    expect(promotionObjections(built, aRequest("v1"), proven())).toEqual([]);
  });
});

describe("a release is promoted", () => {
  it("where it is the same commit, and would be built alike", () => {
    expect(promotionObjections(project, aRequest("v1"), proven())).toEqual([]);
    // Its name may be another, and the checkout may lie elsewhere.
    const builtIn = (checkout: string) => ({
      ...withWeb({ context: `${checkout}/web`, additional_contexts: { docs: `${checkout}/docs` } }),
      "x-sluice": { checkout },
    });
    const request = aRequest("v1-final", { commit: "commit-of-v1" });
    const here = { services, model: builtIn("/srv/production") };
    expect(promotionObjections(here, request, proven({}, builtIn("/srv/staging")))).toEqual([]);
  });

  const args = (value: Readonly<Record<string, string>>) => withWeb({ context: ".", args: value });
  it.each([
    ["the commit is another", aRequest("v2"), proven(), /shop-staging serves v1 \(commit commit-\), and v2 is commit/],
    ["there is no commit", aRequest("v1", { commit: null }), proven({ commit: null }), /no commit/],
    ["the tree was changed", aRequest("v1", { dirty: true }), proven(), /no commit names/],
    [
      "what is served was built with changes",
      aRequest("v1"),
      proven({ dirty: true }),
      /shop-staging.*uncommitted changes/,
    ],
    ["a service is not there", aRequest("v1"), proven({ images: { web: "sha256:1" } }), /mailer does not run in/],
    [
      "an argument differs",
      aRequest("v1"),
      proven({}, args({ API: "a" })),
      /web is built with other arguments \(API\)/,
    ],
    ["the target differs", aRequest("v1"), proven({}, withWeb({ context: ".", target: "dev" })), /other target/],
    [
      "the platforms differ",
      aRequest("v1"),
      proven({}, withWeb({ context: ".", platforms: ["linux/arm64"] })),
      /web is built with other platforms/,
    ],
    [
      "the image is another",
      aRequest("v1"),
      proven({}, aProject({ services, images: { mailer: "mailer:2" } }).model),
      /mailer runs mailer:2 in shop-staging, and mailer:1 here/,
    ],
    [
      "it was pulled for another default platform",
      aRequest("v1"),
      proven({}, { ...project.model, "x-sluice": { platform: "linux/arm64" } }),
      /mailer runs mailer:1 for linux\/arm64 in shop-staging, and mailer:1 here/,
    ],
  ] as const)("not where %s", (_, request, release, reason) => {
    expect(promotionObjections(project, request, release)).toEqual([expect.stringMatching(reason)]);
  });

  it("never tells the value of an argument", () => {
    const secret = proven({}, args({ KEY: "hunter22" }));
    expect(promotionObjections(project, aRequest("v1"), secret).join()).not.toContain("hunter22");
  });

  it("whatever a database is there", () => {
    const other = aProject({ services, images: { db: "postgres:17" } }).model;
    expect(promotionObjections(project, aRequest("v1"), proven({}, other))).toEqual([]);
  });
});
