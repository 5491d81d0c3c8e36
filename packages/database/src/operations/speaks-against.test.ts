import { SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { restoreFailure as ofMysql } from "../mysql/restore.ts";
import { restoreFailure } from "../postgres/restore-failure.ts";
import { speaksAgainst } from "./speaks-against.ts";

describe("what went wrong with a trial speaks against the backup", () => {
  it.each([
    [
      "data that does not fit",
      restoreFailure("pg_restore", {
        exitCode: 1,
        stderr: 'ERROR: duplicate key value violates unique constraint "a"',
      }),
    ],
    ["a lost end", restoreFailure("pg_restore", { exitCode: 1, stderr: "pg_restore: error: unexpected end of file" })],
    [
      "data that does not fit MariaDB",
      ofMysql({ exitCode: 1, stderr: "ERROR 1062 (23000) at line 3: Duplicate entry '1' for key 'PRIMARY'" }),
    ],
    ["a difference", new SluiceError("BACKUP_DIFFERS", "it restores to something else")],
  ])("where it is %s", (_, error) => {
    expect(speaksAgainst(error, true)).toBe(true);
  });

  it.each([
    [
      "no room",
      restoreFailure("pg_restore", {
        exitCode: 1,
        stderr: 'ERROR: could not extend file "base/5/1": No space left on device',
      }),
    ],
    [
      "a server that was killed",
      restoreFailure("pg_restore", { exitCode: 1, stderr: "server closed the connection unexpectedly" }),
    ],
    [
      "a file that ends early as its server is gone",
      restoreFailure("pg_restore", {
        exitCode: 1,
        stderr:
          "pg_restore: error: server closed the connection unexpectedly\npg_restore: error: unexpected end of file",
      }),
    ],
    ["a client that crashed", restoreFailure("pg_restore", { exitCode: 139, stderr: "" })],
    ["a client that was killed", restoreFailure("pg_restore", { exitCode: 137, stderr: "" })],
    [
      "a MariaDB that was killed",
      ofMysql({ exitCode: 1, stderr: "ERROR 2013 (HY000) at line 9: Lost connection to server during query" }),
    ],
    [
      "a MariaDB that takes no such row",
      ofMysql({
        exitCode: 1,
        stderr: "ERROR 1153 (08S01) at line 9: Got a packet bigger than 'max_allowed_packet' bytes",
      }),
    ],
    [
      "an extension that is made in a database of one name alone",
      restoreFailure("pg_restore", { exitCode: 1, stderr: "ERROR:  can only create extension in database shop" }),
    ],
    ["an image that is not there", new SluiceError("IMAGE_MISSING", "no such image")],
  ])("but not where it is %s", (_, error) => {
    expect(speaksAgainst(error, true)).toBe(false);
  });

  it("where an extension is missing from the image that it was taken in, and from no other", () => {
    const stderr = 'ERROR: could not open extension control file "/usr/share/postgresql/15/extension/vector.control"';
    const error = restoreFailure("pg_restore", { exitCode: 1, stderr });
    expect([speaksAgainst(error, true), speaksAgainst(error, false)]).toEqual([true, false]);
  });
});
