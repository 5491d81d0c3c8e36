import { aConfig, aService } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { findDatabase, withDatabaseService } from "./find-database.ts";

const services = [aService("web"), aService("db", { role: "data" }), aService("cache", { role: "data" })];
const model = { services: { web: { image: "shop" }, db: { image: "postgres:16" }, cache: { image: "redis" } } };
const unknown = (message: string) =>
  expect.objectContaining({ code: "DATABASE_UNKNOWN", message: expect.stringContaining(message) });

describe("the database that is meant", () => {
  it("is the only data service with a known image", () => {
    expect(findDatabase(undefined, services, model)).toEqual({ service: "db", kind: "postgres" });
  });

  it("is the configured one, whose kind its image tells or the configuration", () => {
    expect(findDatabase({ service: "db" }, services, model)).toEqual({ service: "db", kind: "postgres" });
    expect(findDatabase({ service: "cache", kind: "postgres" }, services, model).service).toBe("cache");
    expect(() => findDatabase({ service: "cache" }, services, model)).toThrow(unknown("what database cache is"));
    expect(() => findDatabase({ service: "dbb" }, services, model)).toThrow(unknown("dbb"));
  });

  it("is named in the configuration of a plan, with its kind", () => {
    const project = { services, model: { name: "shop", ...model } };
    const { database } = withDatabaseService(aConfig({ database: {} }), project);
    expect(database).toMatchObject({ service: "db", kind: "postgres" });
    expect(withDatabaseService(aConfig({}), project).database).toBeUndefined();
  });

  it("is never guessed among several, nor made up", () => {
    const two = { services: { ...model.services, cache: { image: "postgis/postgis" } } };
    expect(() => findDatabase(undefined, services, two)).toThrow(unknown("2 databases: db, cache"));
    expect(() => findDatabase(undefined, services.slice(0, 1), model)).toThrow(unknown("no database"));
    const inactive = services.map((service) => ({ ...service, active: false }));
    expect(() => findDatabase(undefined, inactive, model)).toThrow(unknown("no database"));
  });

  it("is said to be under profiles that are not active, where that is why it is not found", () => {
    const off = { active: false, inactiveProfiles: ["prod", "demo"] };
    const hint = expect.stringMatching(/^add prod or demo to COMPOSE_PROFILES where Sluice runs/);
    const found = (service: string | undefined, all: typeof services, texts: Parameters<typeof findDatabase>[2]) => {
      try {
        return findDatabase(service === undefined ? undefined : { service }, all, texts);
      } catch (error) {
        return error;
      }
    };
    const of = (name: string) => services.map((one) => (one.name === name ? { ...one, ...off } : one));
    const message = expect.stringMatching(/: db is under profiles prod and demo, none of which is active$/);
    expect(found(undefined, of("db"), model)).toMatchObject({ code: "DATABASE_UNKNOWN", message, hint });
    // What Compose does not accept is not in the model.
    const { db: _, ...accepted } = model.services;
    const unread = of("db").map((one) => ({ ...one, isUnread: one.name === "db" }));
    expect(found("db", unread, { services: accepted })).toMatchObject({
      code: "DATABASE_UNKNOWN",
      message: "database.service names db, which is under profiles prod and demo, none of which is active",
      hint,
    });
    // A configured one may run all the same.
    expect(found("db", of("db"), model)).toEqual({ service: "db", kind: "postgres" });
    expect(found(undefined, of("cache"), model)).toEqual({ service: "db", kind: "postgres" });
    expect(found(undefined, of("web").slice(0, 1), model)).toMatchObject({
      message: expect.stringMatching(/MySQL\)$/),
    });
  });
});
