import { expect, test } from "vitest";
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
])("PostgreSQL in %s: %s", (image, major) => {
  expect(postgresMajor(image)).toBe(major);
});

test("a database on the data of another major version is told before it takes the place of what runs", () => {
  const found = (runs: string, wanted: string, over: object = {}, made = ["db"], missingVolumes = {}) => {
    const change = { leaves: [], takes: [], makes: [], keepsOthers: true, image: { runs, wanted }, ...over };
    const db = { service: "db", state: "changed", reason: "", containers: [], change } as const;
    return otherMajorFindings({ base: { db }, missingVolumes }, new Set(made)).map(({ message }) => message);
  };
  expect(found("postgres:16", "postgres:17")).toEqual([
    "db runs postgres:16, and PostgreSQL 17 (postgres:17) does not start on the data of PostgreSQL 16",
  ]);
  expect(found("postgres:17", "postgres:16")).toHaveLength(1);
  expect(found("postgres:16.1", "postgres:16.2")).toEqual([]);
  expect(found("postgres:16", "postgres:17", { leaves: ["data"], takes: ["data17"] })).toEqual([]);
  expect(found("postgres:16", "postgres:17", {}, [])).toEqual([]);
  expect(found("postgres:16", "postgres:17", {}, ["db"], { db: [] })).toHaveLength(1);
  expect(found("postgres:16", "postgres:17", {}, ["db"], { db: ["shop_data"] })).toEqual([]);
  expect(found("mariadb:10", "postgres:17")).toEqual([]);
});
