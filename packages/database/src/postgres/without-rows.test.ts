import { expect, it } from "vitest";
import { psqlError } from "./psql-error.ts";
import { restoreFailure } from "./restore-failure.ts";
import { withoutRows } from "./without-rows.ts";

const copied = `pg_restore: error: COPY failed for table "customers": ERROR:  duplicate key value violates unique constraint "email"
DETAIL:  Key (email)=(ada@shop.test
error: eve@shop.test) already exists.
CONTEXT:  COPY customers, line 3: "3	ada@shop.test"
pg_restore: error: could not execute query: ERROR:  check constraint "adult" is violated by some row
HINT:  Look.
Command was: INSERT INTO customers VALUES
('ada@shop.test
ERROR:  eve@shop.test');
pg_restore: warning: errors ignored on restore: 2
`;

it("what a program says is told without rows, which are nobody's to read", () => {
  expect(withoutRows(copied)).toBe(
    `pg_restore: error: COPY failed for table "customers": ERROR:  duplicate key value violates unique constraint "email"
pg_restore: error: could not execute query: ERROR:  check constraint "adult" is violated by some row
HINT:  Look.
pg_restore: warning: errors ignored on restore: 2
`,
  );
  for (const error of [
    restoreFailure("pg_restore", { exitCode: 1, stderr: copied }),
    restoreFailure("pg_restore", { exitCode: 1, stderr: `WARNING:  odd\n${copied.slice(copied.indexOf("DETAIL"))}` }),
    psqlError("backup", { exitCode: 3, stderr: copied }),
    psqlError("backup", { exitCode: 2, stderr: `${copied}FATAL:  too many clients` }),
  ]) {
    expect(`${error.message} ${error.detail}`).not.toContain("shop.test");
    expect(error.message).toMatch(/constraint "(?:email|adult)"/);
  }
});

it("no more is told than can be read, and what it means is looked for in all of it", () => {
  const long = `${"x".repeat(10_000)}\n`;
  expect(withoutRows(long)).toHaveLength(4_002);
  const lacking = `DETAIL:  Could not open extension control file "/x.control": could not access file "x": No such file`;
  const unavailable = restoreFailure("pg_restore", { exitCode: 1, stderr: `${long}ERROR:  no extension\n${lacking}` });
  expect(unavailable).toMatchObject({ code: "BACKUP_EXTENSION_MISSING" });
  const refused = psqlError("backup", { exitCode: 2, stderr: `${long}FATAL:  the database system is starting up` });
  expect(refused.code).toBe("DATABASE_UNREACHABLE");
});
