import { expect, it } from "vitest";
import { stateSql } from "./schema-sql.ts";

it.each([
  ["mariadb", 1011, false],
  ["mysql", 507, false],
  ["mysql", 800, true],
  ["mysql", 907, true],
] as const)("%s %d is asked by the names of its own", (kind, major, hasDictionary) => {
  const sql = stateSql(kind, major);
  expect(sql.includes("information_schema.innodb_tables")).toBe(hasDictionary);
  expect(sql.includes("information_schema.innodb_sys_tables")).toBe(!hasDictionary);
  // What the others have no column for, nor a character set.
  expect(sql.includes("expression, ')'")).toBe(hasDictionary);
  expect(sql.includes("using filename")).toBe(!hasDictionary);
});
