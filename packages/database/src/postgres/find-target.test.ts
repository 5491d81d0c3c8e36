import type { ContainerExec } from "@sluice/core";
import { expect, it } from "vitest";
import { findPostgresTarget } from "./find-target.ts";

const containerWith = (environment: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}) =>
  ({
    environment: async () => new Map(Object.entries(environment)),
    exec: async (_container: string, [, file = ""]: readonly string[]) => {
      const text = files[file];
      return { exitCode: text === undefined ? 1 : 0, stdout: Buffer.from(text ?? ""), stderr: "" };
    },
  }) as unknown as ContainerExec;

it.each([
  [{}, { user: "postgres", database: "postgres" }],
  [{ POSTGRES_USER: "shop" }, { user: "shop", database: "shop" }],
  [
    { POSTGRES_USER: "shop", POSTGRES_DB: "orders", POSTGRES_PASSWORD: "a=b\nc$d" },
    { user: "shop", database: "orders", password: "a=b\nc$d" },
  ],
  [
    { POSTGRESQL_USERNAME: "shop", POSTGRESQL_DATABASE: "orders", POSTGRESQL_PASSWORD: "x" },
    { user: "shop", database: "orders", password: "x" },
  ],
])("is what the container was told: %o", async (environment, target) => {
  expect(await findPostgresTarget(containerWith(environment), "c")).toEqual({ container: "c", ...target });
});

it("reads what is in files, and lets itself be told otherwise", async () => {
  const exec = containerWith(
    { POSTGRES_PASSWORD_FILE: "/run/secrets/db", POSTGRES_DB: "shop" },
    { "/run/secrets/db": "s3cret\n" },
  );
  expect(await findPostgresTarget(exec, "c", { user: "backup", database: "other" })).toEqual({
    container: "c",
    user: "backup",
    superuser: "postgres",
    database: "other",
    password: "s3cret",
  });
});

it("whom Bitnami's image makes is no superuser", async () => {
  const exec = containerWith({ BITNAMI_APP_NAME: "postgresql", POSTGRESQL_USERNAME: "shop" });
  const found = { container: "c", user: "postgres", database: "postgres" };
  expect(await findPostgresTarget(exec, "c", { user: "postgres" })).toEqual(found);
});
