import { expect, it } from "vitest";
import { reasonOf } from "./reason-of.ts";

it("the reason is what the program says, not the shell around it", () => {
  const noise = "sh: can't open /proc/5381/environ: no such file";
  const dump =
    "mariadb-dump: Couldn't execute 'show create table `v`': View 'shop.v' references invalid table(s) (1356)";
  expect(reasonOf(`${noise}\n${dump}`)).toBe(dump.replace("mariadb-dump: ", ""));
  expect(reasonOf(`mysqldump: [Warning] a password\n${noise}`)).toBe("[Warning] a password");
  expect(reasonOf(`${noise}\nERROR 1045 (28000): Access denied`)).toBe("ERROR 1045 (28000): Access denied");
  expect(reasonOf("")).toBeUndefined();
});

it("the reason is what a dump ends for, not what it goes on without", () => {
  const table = "Error: 'SELECT command denied to user 'app'@'localhost' for table 'column_masking_policy''";
  const without = `mysqldump: ${table} when trying to dump masking policies`;
  const reason = "app has insufficient privileges to SHOW CREATE FUNCTION `f1`!";
  expect(reasonOf(`${without}\nmysqldump: ${reason}\n`)).toBe(reason);
  expect(reasonOf(without)).toContain("column_masking_policy");
});
