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
});
