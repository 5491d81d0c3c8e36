import { expect, it } from "vitest";
import { inferDatabaseKind } from "./infer-kind.ts";

it.each([
  ["postgres", "postgres"],
  ["postgres:16-alpine", "postgres"],
  ["docker.io/library/postgres@sha256:abc", "postgres"],
  ["registry.example.com:5000/postgis/postgis:16-3.4", "postgres"],
  ["bitnami/postgresql:16", "postgres"],
  ["team/prod_postgres", "postgres"],
  ["postgrest/postgrest", null],
  ["mariadb:11", "mariadb"],
  ["registry.example.com/team/prod-mariadb", "mariadb"],
  ["mysql:8.4", "mysql"],
  ["percona/percona-server:8.0", "mysql"],
  ["container-registry.oracle.com/mysql/community-server:9.7", "mysql"],
  ["mysql/mysql-server", "mysql"],
  ["percona:8.0@sha256:abc", "mysql"],
  ["acme/community-server", null],
  ["mysqld-exporter", null],
  ["redis", null],
  ["", null],
])("%s: %s", (image, kind) => {
  expect(inferDatabaseKind(image)).toBe(kind);
});
