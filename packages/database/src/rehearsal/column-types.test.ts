import { expect, it } from "vitest";
import { isWidening } from "./column-types.ts";

it.each([
  ["integer", "bigint", true],
  ["bigint", "integer", false],
  ["character varying(10)", "character varying(20)", true],
  ["character varying(10)", "character varying", true],
  ["character varying", "character varying(20)", false],
  ["character varying(10)", "text", true],
  ["text", "character varying(10)", false],
  ["numeric(10,2)", "numeric(12,2)", true],
  ["numeric(10,2)", "numeric(12,4)", false],
  ["numeric(10,2)", "numeric", true],
  ["numeric", "numeric(10,2)", false],
  ["text", "integer", false],
  ["varchar(40) collate utf8mb4_general_ci", "varchar(80) collate utf8mb4_general_ci", true],
  ["varchar(40) collate utf8mb4_general_ci", "varchar(80) collate latin1_swedish_ci", false],
  ["varchar(40) collate utf8mb4_general_ci", "varchar(20) collate utf8mb4_general_ci", false],
  ["enum('a','b') collate utf8mb4_bin", "enum('a','b','c') collate utf8mb4_bin", true],
  ["enum('a','b') collate utf8mb4_bin", "enum('c','a','b') collate utf8mb4_bin", false],
  ["enum('a','b') collate utf8mb4_bin", "enum('a','bc') collate utf8mb4_bin", false],
])("%s to %s: %s", (from, to, widens) => {
  expect(isWidening(from, to)).toBe(widens);
});
