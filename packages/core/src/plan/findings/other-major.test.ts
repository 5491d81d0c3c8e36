import { expect, test } from "vitest";
import { aContainer } from "../../testing/index.ts";
import { otherMajorFindings, postgresMajor } from "./other-major.ts";

test.each([
  ["postgres:16", 16],
  ["postgres:9.6", 9],
  ["docker.io/library/postgres:17.2-alpine@sha256:aa", 17],
  ["registry.example:5000/postgres:15", 15],
  ["bitnami/postgresql:16.4.0-debian-12-r0", 16],
  ["postgis/postgis:16-3.4", 16],
  ["pgvector/pgvector:pg17", 17],
  ["pgvector/pgvector:0.8.0-pg16", 16],
  ["timescale/timescaledb:2.14.2-pg15", 15],
  ["timescale/timescaledb-ha:pg16.2-ts2.14", 16],
  ["timescale/timescaledb:2.14.2", undefined],
  ["postgres:latest", undefined],
  ["postgres", undefined],
  ["postgres@sha256:16", undefined],
  ["shop/postgres-tools:16", undefined],
  ["pgautoupgrade/pgautoupgrade:17", undefined],
  ["mysql:8", undefined],
  ["ghcr.io/acme/postgres:3f2ab", undefined],
  ["acme/postgres:2025-01-02", undefined],
  ["acme/postgres:141", undefined],
])("PostgreSQL in %s: %s", (image, major) => {
  expect(postgresMajor(image)).toBe(major);
});

test("a database on the data of another major version is told before it takes the place of what runs", () => {
  interface Over {
    readonly change?: object;
    readonly made?: readonly string[];
    readonly missingVolumes?: Readonly<Record<string, readonly string[]>>;
    readonly role?: "data" | "support";
    readonly container?: Partial<ReturnType<typeof aContainer>>;
  }
  const found = (runs: string, wanted: string, over: Over = {}) => {
    const { change: more = {}, made = ["db"], missingVolumes = {}, role = "data", container = {} } = over;
    const change = { leaves: [], takes: [], makes: [], keepsOthers: true, image: { runs, wanted }, ...more };
    const containers = [{ ...aContainer("db"), ...container }];
    const db = { service: "db", state: "changed", reason: "", containers, change } as const;
    const services = [{ name: "db", role }];
    return otherMajorFindings({ base: { db }, missingVolumes }, services, new Set(made)).map(({ message }) => message);
  };
  expect(found("postgres:16", "postgres:17")).toEqual([
    "db runs postgres:16, and PostgreSQL 17 (postgres:17) does not start on the data of PostgreSQL 16",
  ]);
  expect(found("postgres:17", "postgres:16")).toHaveLength(1);
  expect(found("postgres:16", "postgres:17", { missingVolumes: { db: [] } })).toHaveLength(1);
  expect(found("postgres:16.1", "postgres:16.2")).toEqual([]);
  expect(found("mariadb:10", "postgres:17")).toEqual([]);
  expect(found("postgres:16", "postgres:17", { change: { leaves: ["data"], takes: ["data17"] } })).toEqual([]);
  const directories = [{ target: "/data", runs: "/srv/pg16", wanted: "/srv/pg17" }];
  expect(found("postgres:16", "postgres:17", { change: { directories } })).toEqual([]);
  expect(found("postgres:16", "postgres:17", { made: [] })).toEqual([]);
  expect(found("postgres:16", "postgres:17", { missingVolumes: { db: ["shop_data"] } })).toEqual([]);
  // A client that dumps is no server.
  expect(found("postgres:16", "postgres:17", { role: "support" })).toEqual([]);
  // What does not run may never have come up on the data that is there.
  for (const container of [{ state: "exited" }, { state: "restarting" }, { health: "unhealthy" }] as const)
    expect(found("postgres:17", "postgres:16", { container })).toEqual([]);
});
