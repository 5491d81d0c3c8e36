import { describe, expect, it } from "vitest";
import { aFingerprint, aManifest } from "../testing/a-manifest.ts";
import { someSettings } from "../testing/fake-migration-server.ts";
import { type DataRollbackFacts, dataRollbackText, goBackText, planDataRollback } from "./data-rollback.ts";
import { postgresMigrationEnvironment } from "./environment.ts";

describe("what a migration finds in its environment", () => {
  it("is a name and timeouts, before options that are written", () => {
    expect(postgresMigrationEnvironment({ PGOPTIONS: "-c lock_timeout=9s", A: "b" }, "d1", someSettings())).toEqual({
      PGAPPNAME: "sluice-migration-d1",
      PGOPTIONS: "-c lock_timeout=3000ms -c statement_timeout=60000ms -c lock_timeout=9s",
    });
  });
  it("is no lock timeout where indexes are built concurrently, and a name alone where nothing is to be set", () => {
    expect(postgresMigrationEnvironment({}, "d1", someSettings({ profile: "concurrent" }))["PGOPTIONS"]).toBe(
      "-c statement_timeout=60000ms",
    );
    expect(postgresMigrationEnvironment({}, "d1", someSettings({ inject: false }))).toEqual({
      PGAPPNAME: "sluice-migration-d1",
    });
  });
});

describe("the way back for data", () => {
  const backup = aManifest({
    fingerprint: aFingerprint({ tables: [{ name: "public.orders", rows: 10, hash: "1", sampled: false }] }),
  });
  const proven = {
    ...backup,
    id: "proven",
    verified: [{ level: "compared" as const, at: backup.at, restoreMs: 1, notTested: [] }],
  };
  const facts: DataRollbackFacts = {
    jobs: ["migrate"],
    release: "v2",
    down: null,
    previousRunsOnIt: null,
    backups: [proven, { ...backup, id: "newer" }],
    now: new Date(Date.parse(backup.at) + 90_000),
    rows: [
      { name: "public.orders", rows: 14 },
      { name: "public.notes", rows: 2 },
    ],
  };

  it("is none where nothing runs, or where the previous release was seen to run on what it makes", () => {
    expect(planDataRollback({ ...facts, jobs: [] })).toMatchObject({ kind: "none-needed" });
    expect(planDataRollback({ ...facts, previousRunsOnIt: true, down: ["x"] })).toMatchObject({ kind: "none-needed" });
  });
  it("is the down migration of that very release where there is one", () => {
    const rollback = planDataRollback({ ...facts, down: ["dbmate", "down"], previousRunsOnIt: false });
    expect(dataRollbackText(rollback)).toBe("way back for data: sluice db migrate v2 --down runs dbmate down");
  });
  it("is else the newest backup that is proven, and says what that loses", () => {
    const rollback = planDataRollback(facts);
    expect(rollback).toMatchObject({ kind: "restore", backup: "proven", proven: true, ageMs: 90_000 });
    expect(dataRollbackText(rollback)).toBe(
      "way back for data: sluice db restore proven loses everything written in the 1m30s since, and until then; by now 6 rows more or fewer in 2 tables, changed rows not counted",
    );
  });
  it("is an unproven one for want of a better, and never one that was found wanting", () => {
    const failed = { ...backup, id: "bad", failed: { at: backup.at, code: "BACKUP_CORRUPT", message: "x" } };
    const rollback = planDataRollback({ ...facts, backups: [backup, failed], rows: null });
    expect(rollback).toMatchObject({ kind: "restore", backup: backup.id, proven: false, losses: null });
    expect(dataRollbackText(rollback)).toContain("which nobody tried to restore");
  });
  it("from a schema that is half changed is a restore of the newest backup that is not found wanting", () => {
    const failed = { ...backup, id: "bad", failed: { at: backup.at, code: "BACKUP_CORRUPT", message: "x" } };
    expect(goBackText([backup, proven, failed])).toBe(
      `or go back: sluice db restore proven puts back the schema and the data of ${backup.at}, and what was written since is lost`,
    );
    expect(goBackText([proven, backup])).toContain(`sluice db restore ${backup.id} (which nobody tried to restore)`);
    expect(goBackText([failed])).toBe("there is no backup that it could go back to");
  });
  it("is said to be missing where it is", () => {
    expect(dataRollbackText(planDataRollback({ ...facts, backups: [] }))).toContain("none is known");
  });
});
