import { expect, it } from "vitest";
import type { StoredRelease } from "../ports/bundle-store.ts";
import { pinnedModel } from "./pinned-model.ts";

it("pins what is built, and leaves the images that the user named", () => {
  const services = {
    app: { image: "acme/app", build: { context: "/src" }, restart: "always" },
    db: { image: "postgres:17" },
  };
  const release = {
    model: { name: "shop", services },
    bundle: { images: { app: "sha256:1", db: "sha256:2" } },
  } as unknown as StoredRelease;
  expect(pinnedModel(release).services).toEqual({
    app: { image: "sha256:1", pull_policy: "never", restart: "always" },
    db: { image: "postgres:17" },
  });
});
