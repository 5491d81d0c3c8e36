import { expect, it } from "vitest";
import { withCheckout } from "../model/checkout.ts";
import { defaultPlatform, withDefaultPlatform } from "../model/default-platform.ts";
import { takenModel } from "./image-digests.ts";

const digest = "registry.example/web@sha256:1";

it("an image is fetched by its digest for the platform that the service has here", () => {
  const services = {
    web: { image: "web:1", platform: "linux/arm64", pull_policy: "always" },
    worker: { image: "w:1" },
  };
  const model = withDefaultPlatform(withCheckout({ name: "shop", services }, "/srv/shop"), "linux/s390x");
  const taken = takenModel(model, "web", digest);
  expect(taken.services).toEqual({ web: { image: digest, platform: "linux/arm64" } });
  expect(takenModel(model, "worker", digest).services).toEqual({ worker: { image: digest } });
  expect(defaultPlatform(taken)).toEqual({ DOCKER_DEFAULT_PLATFORM: "linux/s390x" });
});

it("an image is fetched for the platform of the engine where the project says none", () => {
  const taken = takenModel({ name: "shop", services: { web: { image: "web:1" } } }, "web", digest);
  expect(taken).toEqual({ name: "taken", services: { web: { image: digest } } });
});
