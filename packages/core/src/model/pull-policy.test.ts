import { expect, it } from "vitest";
import { aService } from "../testing/a-service.ts";
import { askedAnew, withNamesakes } from "./pull-policy.ts";

it("a registry is asked anew for images that a release runs, that nothing builds, and whose policy says so", () => {
  const services = {
    web: { image: "acme/web", pull_policy: "always" },
    worker: { image: "acme/worker", pull_policy: "every_12h" },
    migrate: { image: "acme/migrate", pull_policy: "daily" },
    once: { image: "acme/once" },
    kept: { image: "acme/kept", pull_policy: "missing" },
    off: { image: "acme/off", pull_policy: "always" },
    shell: { image: "acme/shell", pull_policy: "always" },
    // As it was pulled first: nothing makes the container of a database anew.
    db: { image: "postgres:17", pull_policy: "always" },
    api: { image: "shop", build: { context: "." }, pull_policy: "always" },
    queue: { image: "shop", pull_policy: "always" },
    exact: { image: `acme/exact:1@sha256:${"0".repeat(64)}`, pull_policy: "always" },
  };
  const facts = [
    aService("web", { builds: false }),
    aService("worker", { role: "worker", builds: false }),
    aService("migrate", { role: "job", builds: false }),
    ...["once", "kept", "queue", "exact"].map((name) => aService(name, { builds: false })),
    aService("off", { builds: false, active: false }),
    aService("shell", { role: "tool", builds: false }),
    aService("db", { role: "data", builds: false }),
    aService("api", { builds: true }),
  ];
  expect(askedAnew({ name: "shop", services }, facts)).toEqual(["web", "worker", "migrate"]);
});

it("what was pulled is the image of all of a release that names it", () => {
  const mount = (source: string) => ({ type: "image", source, target: "/mounted" });
  const services = {
    web: { image: "acme/app", pull_policy: "always" },
    worker: { image: "acme/app:latest", volumes: [mount("acme/app"), mount("acme/assets")] },
    migrate: { image: "acme/app" },
    older: { image: "acme/app:1" },
    off: { image: "acme/app" },
    shell: { image: "acme/app" },
    api: { build: { context: "." } },
  };
  const facts = [
    aService("web", { builds: false }),
    aService("worker", { role: "worker", builds: false }),
    aService("migrate", { role: "job", builds: false }),
    aService("older", { builds: false }),
    aService("off", { builds: false, active: false }),
    aService("shell", { role: "tool", builds: false }),
    aService("api", { builds: true }),
  ];
  const pulled = { web: "sha256:new" };
  expect(withNamesakes({ name: "shop", services }, facts, pulled)).toEqual({
    web: "sha256:new",
    worker: "sha256:new",
    migrate: "sha256:new",
    "acme/app:latest": "sha256:new",
  });
});
