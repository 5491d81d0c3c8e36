import type { ComposeModel } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { expect, it } from "vitest";
import { classifyServices } from "../roles/classify-services.ts";
import { migrationJob } from "./migration-job.ts";

const model: ComposeModel = {
  name: "shop",
  services: {
    web: {
      image: "acme/shop",
      build: { context: "/src" },
      entrypoint: ["/entry"],
      command: ["serve"],
      environment: { DATABASE_URL: "postgres://db/shop" },
      networks: { back: null },
      depends_on: { db: { condition: "service_healthy" } },
      volumes: [{ type: "bind", source: "/etc/shop", target: "/etc/shop", read_only: true }],
      ports: [{ target: 3000, published: "8080" }],
      healthcheck: { test: ["CMD", "true"] },
      container_name: "the-shop",
      restart: "always",
      deploy: { replicas: 3 },
    },
    db: { image: "postgres:17", volumes: [{ type: "volume", source: "data", target: "/var/lib/postgresql/data" }] },
  },
};
const jobOf = (migrate: object | undefined, over: ComposeModel = model) =>
  migrationJob(over, classifyServices(over), aConfig(migrate ? { database: { migrate } } : {}));

it("is the service with another command, and nothing of what belongs to one that serves", () => {
  const { web } = model.services;
  expect(jobOf({ service: "web", command: ["npm", "run", "migrate -- $now"] })).toEqual({
    service: "web",
    decision: expect.objectContaining({ service: "web-migrate", role: "job", strategy: "slots" }),
    start: {
      image: "acme/shop",
      build: web?.build,
      entrypoint: ["/entry"],
      // As Compose writes it.
      command: ["npm", "run", "migrate -- $$now"],
      environment: web?.environment,
      networks: web?.networks,
      depends_on: web?.depends_on,
      volumes: web?.volumes,
    },
  });
});

it("is none where none is configured", () => {
  expect(jobOf(undefined)).toBeNull();
  expect(jobOf({})).toBeNull();
});

it.each([
  [
    "app",
    model,
    /^database\.migrate\.service: app: the compose files have no service of this name$/,
    /they have web, db$/,
  ],
  ["db", model, /^database\.migrate\.service: db holds data/, /expected a service of the application/],
  [
    "web",
    { ...model, services: { ...model.services, "web-migrate": { image: "acme/shop" } } },
    /^database\.migrate\.service: the compose files have a service web-migrate already/,
    /services\.web-migrate\.role: job/,
  ],
])("a mistake is named, with the way out: %s", (service, over, message, hint) => {
  expect(() => jobOf({ service, command: ["migrate"] }, over)).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    }),
  );
});
