import { expect, it } from "vitest";
import { aService } from "../testing/a-service.ts";
import { isMountedImage, mountedImages, withMountedImages } from "./mounted-images.ts";

const mount = (source: string) => ({ type: "image", source, target: `/${source}` });
const services = {
  web: { volumes: [mount("assets"), mount("acme/fonts:2"), { type: "volume", source: "uploads", target: "/uploads" }] },
  worker: { volumes: [mount("assets:latest")] },
  migrate: { volumes: [mount("acme/sql@sha256:1")] },
  db: { volumes: [mount("acme/extensions")] },
  old: { volumes: [mount("acme/old")] },
};
const facts = [
  aService("web"),
  aService("worker", { role: "worker" }),
  aService("migrate", { role: "job" }),
  aService("db", { role: "data", strategy: "recreate" }),
  aService("old", { active: false }),
];

it("images that slots and jobs mount are of the release, each once", () => {
  const found = mountedImages({ name: "shop", services }, facts);
  expect(found).toEqual(["acme/fonts:2", "acme/sql@sha256:1", "assets:latest"]);
  expect(found.every(isMountedImage)).toBe(true);
  expect(Object.keys(services).some(isMountedImage)).toBe(false);
});

it("they are mounted by their ids, and others as they are named", () => {
  const mounts = services.web.volumes;
  expect(withMountedImages(mounts, { "assets:latest": "sha256:a", uploads: "sha256:u" })).toEqual([
    { ...mount("assets"), source: "sha256:a" },
    ...mounts.slice(1),
  ]);
});
