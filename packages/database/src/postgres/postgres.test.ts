import type { SluiceError } from "@sluice/core";
import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { besideName } from "../model/beside-name.ts";
import type { Manifest } from "../model/manifest.ts";
import { aManifest } from "../testing/a-manifest.ts";
import { conninfo } from "./dump.ts";
import { createDatabaseSql } from "./new-database.ts";
import { psqlError } from "./psql-error.ts";
import { inLiveServer, restoreFailure } from "./restore-failure.ts";
import { createMissingRoles } from "./roles.ts";
import { swapSql } from "./swap-sql.ts";
import { libpqEnvironment, maintenance, quoteName, quoteText } from "./target.ts";

describe("what a restore's failure means", () => {
  it.each([
    ['pg_restore: error: could not execute query: ERROR:  role "app_ro" does not exist', "BACKUP_ROLE_MISSING"],
    ['pg_restore: error: ERROR:  extension "postgis" is not available', "BACKUP_EXTENSION_MISSING"],
    [
      'ERROR:  could not open extension control file "/usr/share/postgresql/15/extension/x.control"',
      "BACKUP_EXTENSION_MISSING",
    ],
    ["pg_restore: error: unsupported version (1.16) in file header", "BACKUP_WRONG_VERSION"],
    ['ERROR:  unrecognized configuration parameter "transaction_timeout"', "BACKUP_WRONG_VERSION"],
    ["pg_restore: error: could not read from input file: end of file", "BACKUP_TRUNCATED"],
    ["pg_restore: error: unexpected end of file", "BACKUP_TRUNCATED"],
    ["pg_restore: error: input file does not appear to be a valid archive", "BACKUP_CORRUPT"],
    ["pg_restore: error: unrecognized data block type (84) while restoring", "BACKUP_CORRUPT"],
    [
      'pg_restore: error: COPY failed for table "t": ERROR:  could not extend file "base/5/1": No space left on device',
      "DISK_FULL",
    ],
    ["pg_restore: error: could not execute query: ERROR:  division by zero", "RESTORE_FAILED"],
    ["", "RESTORE_FAILED"],
  ])("%s", (stderr, code) => {
    expect(restoreFailure("pg_restore", { exitCode: 1, stderr })).toMatchObject({ code });
  });

  it("a role that the live server lacks is named, with where it is told what it was", () => {
    const stderr = 'pg_restore: error: could not execute query: ERROR:  role "app ro" does not exist';
    const error = restoreFailure("pg_restore", { exitCode: 1, stderr });
    const hintOf = (change: Partial<Manifest>) => (inLiveServer(error, aManifest(change)) as SluiceError).hint;
    expect(hintOf({ globals: { bytes: 1, sha256: "" } })).toMatch(/create role "app ro".* is in \S+\.globals where/);
    const cipher = { alg: "age", recipient: "age1x" } as const;
    expect(hintOf({ globals: { bytes: 1, sha256: "" }, cipher })).toContain(".globals (encrypted for age1x)");
    expect(hintOf({ globals: null })).toMatch(/create role "app ro".*taken without roles/);
    const other = new Error("another");
    expect(inLiveServer(other, aManifest())).toBe(other);
  });
});

describe("psql", () => {
  it("tells a database that is not there from a statement that failed", () => {
    const refused = 'psql: error: connection to server on socket "/x" failed: No such file or directory';
    expect(psqlError("backup", { exitCode: 2, stderr: refused })).toMatchObject({
      code: "DATABASE_UNREACHABLE",
      retryable: true,
    });
    expect(psqlError("backup", { exitCode: 3, stderr: "ERROR:  permission denied for table orders" })).toMatchObject({
      code: "BACKUP_FAILED",
      message: "backup: ERROR:  permission denied for table orders",
    });
    expect(psqlError("backup", { exitCode: 137, stderr: "" }).message).toBe("backup: psql ended with exit code 137");
  });

  it("gets names and passwords by its environment alone", () => {
    const target = { container: "c", user: "shop", database: "shop", password: "hunter2" };
    expect(libpqEnvironment(target, "backup-1")).toEqual({
      PGUSER: "shop",
      PGDATABASE: "shop",
      PGAPPNAME: "sluice-backup-1",
      PGOPTIONS: "-c default_transaction_read_only=off -c statement_timeout=0",
      PGPASSWORD: "hunter2",
    });
  });
});

describe("names", () => {
  it("are quoted, whatever they hold", () => {
    expect(quoteName('we"ird')).toBe('"we""ird"');
    expect(quoteText("it's \\")).toBe("E'it''s \\\\'");
    expect(conninfo({ database: "a'b=c\\" })).toBe("dbname='a\\'b=c\\\\'");
  });

  it("of databases beside the live one fit, and are never its own", () => {
    const id = "20260501T100000Z-abcd";
    expect(besideName("shop", "restore", id)).toBe("shop__restore_20260501t100000z_abcd");
    assert(
      property(string({ unit: "grapheme", minLength: 1, maxLength: 80 }), (database) => {
        for (const kind of ["restore", "old", "undone"] as const) {
          const name = besideName(database, kind, id);
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
          expect(name).toMatch(new RegExp(`__${kind}_20260501t100000z_abcd$`));
        }
        expect(besideName(database, "restore", id)).not.toBe(besideName(database, "old", id));
      }),
    );
  });

  it("the database to be connected to meanwhile is another one", () => {
    const target = { container: "c", user: "u", database: "postgres" };
    expect(maintenance(target).database).toBe("template1");
    expect(maintenance({ ...target, database: "shop" }).database).toBe("postgres");
  });
});

it("a swap is one statement, in which names with quotes do no harm", () => {
  const sql = swapSql(`sh"op's`, "fresh", "old");
  expect(sql).toContain(`execute E'alter database "sh""op''s" rename to "old"';`);
  expect(sql.match(/\$sluice\$/g)).toHaveLength(2);
});

describe("a new database", () => {
  const facts = aManifest().database;

  it("is made as the old one was", () => {
    expect(createDatabaseSql("x", facts)).toBe(
      `create database "x" template template0 encoding E'UTF8' lc_collate E'C' lc_ctype E'C'`,
    );
    const icu = { ...facts, provider: "i", locale: "de-DE" };
    expect(createDatabaseSql("x", icu)).toContain("locale_provider icu icu_locale E'de-DE'");
    expect(createDatabaseSql("x", { ...icu, icuRules: "&V << w" })).toMatch(
      / icu_locale E'de-DE' icu_rules E'&V << w'$/,
    );
    expect(createDatabaseSql("x", { ...facts, provider: "b", locale: "C.UTF-8" })).toContain(
      "builtin_locale E'C.UTF-8'",
    );
    expect(createDatabaseSql("x", facts, "fast disk")).toMatch(/ lc_ctype E'C' tablespace "fast disk"$/);
  });
});

describe("a script of roles", () => {
  it("makes those that are not there, and nothing else of it changes", () => {
    const script = 'SET x = 1;\nCREATE ROLE "a;b";\nALTER ROLE "a;b" WITH NOSUPERUSER LOGIN;\nGRANT a TO b;\n';
    expect(createMissingRoles(script, "shop")).toBe(
      'SET x = 1;\nDO $sluice$ BEGIN CREATE ROLE "a;b"; EXCEPTION WHEN duplicate_object THEN NULL; END $sluice$;\nALTER ROLE "a;b" WITH NOSUPERUSER LOGIN;\nGRANT a TO b;\n',
    );
  });

  it.each(["shop", 'the "shop"'])("takes no right away from who runs it: %s", (user) => {
    const name = user === "shop" ? user : quoteName(user);
    const script = `ALTER ROLE ${name} WITH NOSUPERUSER NOLOGIN;\nALTER ROLE ${name} SET work_mem TO '5MB';`;
    expect(createMissingRoles(script, user)).toBe(`\nALTER ROLE ${name} SET work_mem TO '5MB';`);
  });
});
