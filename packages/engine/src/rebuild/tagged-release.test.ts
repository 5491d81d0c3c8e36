import type { TaggedImage } from "@sluice/core";
import { aContainer, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { releaseImages, releaseTagsOf } from "./tagged-release.ts";

const tagged = (service: string, tag: string, id: string): TaggedImage => ({
  repository: `sluice/shop-${service}`,
  tag,
  id: `sha256:${id}`,
});
const runs = (service: string, id: string) => aContainer(service, { imageId: `sha256:${id}` });
const long = "0123456789abcdef";

describe("the tags that the release in a slot may have", () => {
  it("are those that the images of all its containers carry", () => {
    const tags = [
      tagged("web", "v1", "a"),
      tagged("web", "v2", "b"),
      tagged("worker", "v1", "c"),
      tagged("worker", "v2", "c"),
    ];
    expect(releaseTagsOf("shop", [runs("web", "b"), runs("worker", "c")], tags)).toEqual(["v2"]);
    expect(releaseTagsOf("shop", [runs("worker", "c")], tags)).toEqual(["v1", "v2"]);
  });

  it("are seen through the addition that one got where it kept another image already", () => {
    const tags = [tagged("web", "v2", "b"), tagged("web", `v2-${long.slice(0, 12)}`, long)];
    expect(releaseTagsOf("shop", [runs("web", long)], tags)).toEqual(["v2"]);
  });

  it("are none where none is left, and never those of another stack", () => {
    expect(releaseTagsOf("shop", [runs("web", "a")], [])).toEqual([]);
    expect(releaseTagsOf("shop", [], [tagged("web", "v1", "a")])).toEqual([]);
    expect(releaseTagsOf("shop", [runs("web", "a")], [tagged("admin-web", "v1", "a")])).toEqual([]);
  });
});

describe("the images of a release", () => {
  const services = [aService("Web"), aService("db", { role: "data" }), aService("shell", { role: "tool" })];

  const model = { name: "shop", services: {} };

  it("are those of its tag, for every service but tools", () => {
    const tags = [tagged("web", "v2", "b"), tagged("db", "v2", "d"), tagged("db", "v1", "d")];
    expect(releaseImages("shop", "v2", { services, containers: [runs("Web", "b")], model }, tags)).toEqual({
      images: { Web: "sha256:b", db: "sha256:d" },
      imageTags: { Web: "sluice/shop-web:v2", db: "sluice/shop-db:v2" },
    });
  });

  it("are what runs where a tag says something else, and unknown where one is gone", () => {
    const tags = [tagged("web", "v2", "b"), tagged("web", `v2-${long.slice(0, 12)}`, long), tagged("db", "v2", "d")];
    const containers = [runs("Web", long)];
    expect(releaseImages("shop", "v2", { services, containers, model }, tags)?.images["Web"]).toBe(`sha256:${long}`);
    expect(releaseImages("shop", "v2", { services, containers, model }, tags.slice(0, 2))).toBeNull();
  });

  it("are also those that its services mount", () => {
    const volumes = [{ type: "image", source: "acme/assets", target: "/assets" }];
    const running = { services, containers: [], model: { name: "shop", services: { Web: { volumes } } } };
    const tags = [
      tagged("web", "v2", "b"),
      tagged("db", "v2", "d"),
      tagged("mounted-acme-2fassets-3alatest", "v2", "a"),
    ];
    expect(releaseImages("shop", "v2", running, tags)).toMatchObject({
      images: { "acme/assets:latest": "sha256:a" },
      imageTags: { "acme/assets:latest": "sluice/shop-mounted-acme-2fassets-3alatest:v2" },
    });
    expect(releaseImages("shop", "v2", running, tags.slice(1))).toBeNull();
    // A release of before they were kept is known by the others.
    expect(releaseImages("shop", "v2", running, tags.slice(0, 2))?.images).toEqual({ Web: "sha256:b", db: "sha256:d" });
  });
});
