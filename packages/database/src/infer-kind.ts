import type { DatabaseDriver } from "./driver.ts";

const postgres =
  /^(?:postgres(?:ql)?|postgis|timescaledb(?:-ha)?|pgvector|pgvecto-rs|pgautoupgrade)$|[-_]postgres(?:ql)?$/;

/** The kind of database that an image holds, by the last part of its name; `null` where the name does not tell. */
export function inferDatabaseKind(image: string): DatabaseDriver["kind"] | null {
  const name = image.replace(/@.*$/, "").split("/").at(-1)?.replace(/:.*$/, "") ?? "";
  return postgres.test(name) ? "postgres" : null;
}
