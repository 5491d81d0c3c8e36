import type { ComposeModel } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { expect, it } from "vitest";
import { withCheckout } from "../model/checkout.ts";
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
      deploy: { replicas: 3, resources: { limits: { memory: "268435456" }, reservations: { memory: "134217728" } } },
    },
    db: { image: "postgres:17", volumes: [{ type: "volume", source: "data", target: "/var/lib/postgresql/data" }] },
  },
};
const jobOf = (migrate: object | undefined, over: ComposeModel = model) =>
  migrationJob(over, classifyServices(over), aConfig(migrate ? { database: { migrate } } : {}), "/src");

it("is the service with another command, and nothing of what belongs to one that serves", () => {
  const { web } = model.services;
  expect(jobOf({ service: "web", command: ["npm", "run", "migrate -- $now"] })).toEqual({
    service: "web",
    sqlDirectory: null,
    findings: [],
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
      deploy: { resources: { limits: { memory: "268435456" } } },
    },
  });
});

it("refuses what its service has of other containers: the job would be without", () => {
  const { web } = model.services;
  const services = { ...model.services, web: { ...web, volumes_from: ["assets"] } };
  const over = withCheckout({ ...model, services }, "/src");
  for (const migrate of [
    { command: ["migrate"] },
    { sql: { directory: "sql", image: "dbmate", urlVariable: "DATABASE_URL" } },
  ]) {
    const findings = jobOf({ service: "web", ...migrate }, over)?.findings;
    expect(findings).toMatchObject([{ code: "job-shares", service: "web", path: ["services", "web", "volumes_from"] }]);
  }
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

const withSql = (over: object = {}) => ({ service: "web", sql: { directory: "db/migrations", ...over } });

it("is dbmate with the files of the checkout, in the service's environment, networks and mounts", () => {
  const { web } = model.services;
  const over = withCheckout({ ...model, services: { ...model.services, web: { ...web, user: "node" } } }, "/src");
  expect(jobOf(withSql({ image: "acme/dbmate" }), over)).toEqual({
    service: "web",
    sqlDirectory: "/src/db/migrations",
    findings: [],
    decision: expect.objectContaining({ service: "web-migrate", role: "job", strategy: "slots" }),
    start: {
      image: "acme/dbmate",
      entrypoint: [],
      command: ["dbmate", "migrate"],
      environment: {
        PGSSLMODE: "prefer",
        DATABASE_URL: "postgres://db/shop",
        DBMATE_MIGRATIONS_DIR: "/sluice-migrations",
        DBMATE_NO_DUMP_SCHEMA: "true",
      },
      networks: web?.networks,
      depends_on: web?.depends_on,
      deploy: { resources: { limits: { memory: "268435456" } } },
      volumes: [
        ...(web?.volumes ?? []),
        {
          type: "bind",
          source: "/src/db/migrations",
          target: "/sluice-migrations",
          read_only: true,
          bind: { create_host_path: false },
        },
      ],
    },
  });
});

it("has dbmate's own image, another variable, and keeps who owns the files and what its server asks for", () => {
  const environment = { DB: "postgres://db/other", DATABASE_URL: "none", PGSSLMODE: "require" };
  const web = { image: "acme/shop", user: "1000:1000", environment };
  const start = jobOf(withSql({ urlVariable: "DB" }), withCheckout({ name: "shop", services: { web } }, "/src"))?.start;
  expect(start).toMatchObject({
    image: expect.stringMatching(/^ghcr\.io\/amacneil\/dbmate:\d/),
    user: "1000:1000",
    environment: { DATABASE_URL: "postgres://db/other", PGSSLMODE: "require" },
  });
});

it.each([
  [
    "that no release could keep",
    withSql({ directory: "../elsewhere" }),
    /^database\.migrate\.sql\.directory: \.\.\/elsewhere lies outside/,
  ],
  [
    "on this machine alone",
    withSql({ directory: "/srv/sql" }),
    /^database\.migrate\.sql\.directory: \/srv\/sql lies outside/,
  ],
])("SQL files %s are refused", (_title, migrate, message) => {
  expect(() => jobOf(migrate, withCheckout(model, "/src"))).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(message) }),
  );
});

it.each([
  [undefined, /^web has no DB in its environment/],
  ["", /^web has no DB in its environment/],
  ["postgresql+asyncpg://db/shop", /^DB of web begins with postgresql\+asyncpg:, which dbmate does not know/],
  ["db:5432", /^DB of web begins with db:, which/],
  ["sqlite:app.db", /^DB of web names a file from a directory of that image/],
  ["sqlite://./app.db", /^DB of web names a file/],
])("an address that dbmate would make nothing of refuses a deployment: %s", (url, message) => {
  const web = { image: "acme/shop", environment: url === undefined ? {} : { DB: url } };
  const job = jobOf(withSql({ urlVariable: "DB" }), withCheckout({ name: "shop", services: { web } }, "/src"));
  expect(job?.findings).toEqual([
    expect.objectContaining({ severity: "error", code: "migration-url", message: expect.stringMatching(message) }),
  ]);
});

it.each(["sqlite:/data/app.db", "sqlite3:///data/app.db?_fk=1", "mysql://a:b@db/shop", "postgres://db/shop"])(
  "an address that dbmate knows is taken: %s",
  (DB) => {
    const web = { image: "acme/shop", environment: { DB } };
    const job = jobOf(withSql({ urlVariable: "DB" }), withCheckout({ name: "shop", services: { web } }, "/src"));
    expect(job?.findings).toEqual([]);
  },
);

it("waits for no other job: they fill what it makes", () => {
  const web = {
    image: "acme/shop",
    depends_on: { db: { condition: "service_healthy" }, seed: { condition: "service_completed_successfully" } },
  } as const;
  const over: ComposeModel = { name: "shop", services: { ...model.services, web, seed: { image: "acme/shop" } } };
  expect(jobOf({ service: "web", command: ["migrate"] }, over)?.start.depends_on).toEqual({
    db: { condition: "service_healthy" },
  });
});
