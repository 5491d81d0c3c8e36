import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RehearsalCopy } from "../driver.ts";
import type { Compatibility, TableDiff } from "../rehearsal/report.ts";
import { createDirectoryStore } from "../store/directory-store.ts";
import { someObservations } from "../testing/a-catalog.ts";
import { createFakeDatabase } from "../testing/fake-database.ts";
import type { BackupPorts } from "./ports.ts";
import { rehearseMigration, type Trial } from "./rehearse.ts";
import { takeBackup } from "./take-backup.ts";

let directory = "";
let ports: BackupPorts;
let backup = "";
let calls: string[];
/** How the copy differs from what it was, after a down migration. */
let left: readonly string[];
/** What became of tables on the copy. */
let tables: readonly TableDiff[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-rehearsal-"));
  calls = [];
  left = [];
  tables = [];
  let now = Date.parse("2026-05-01T10:00:00Z");
  const note = (what: string) => async () => void calls.push(what);
  const copy: RehearsalCopy = {
    container: "copy",
    server: { version: "15.8", major: 15, preload: "" },
    notSeen: ["times of single statements"],
    restore: note("restore"),
    clone: note("clone"),
    async observe() {
      calls.push("observe");
      return {
        async finish() {
          calls.push("finish");
          return someObservations({ tables });
        },
        difference: async () => left,
      };
    },
    [Symbol.asyncDispose]: note("end-copy"),
  };
  ports = {
    driver: { ...createFakeDatabase(), rehearsalCopy: async () => copy },
    store: createDirectoryStore({ directory }, systemClock),
    clock: { now: () => new Date((now += 1_000)), monotonicMs: () => now, sleep: async () => {} },
    cipher: null,
    randomId: () => "rand1",
  };
  backup = (await takeBackup(ports, { service: "db", image: "sha256:1", release: "r1" })).id;
});
afterEach(async () => rm(directory, { recursive: true }));

const passes: Compatibility = { release: "v1", result: "pass", why: "1 of its checks passed", verdicts: [] };

function trial(over: Partial<Trial> = {}): Trial {
  const note = (what: string) => async () => void calls.push(what);
  return {
    async baseline() {
      calls.push("baseline");
      return null;
    },
    migration: { how: "job", services: ["migrate"] },
    migrate: note("migrate"),
    async prove() {
      calls.push("prove");
      return passes;
    },
    notTested: () => ["mail"],
    [Symbol.asyncDispose]: note("end-trial"),
    ...over,
  };
}
const request = (over: Partial<Trial> = {}) => ({
  backup,
  release: "v2",
  open: async (container: string) => {
    calls.push(`open ${container}`);
    return trial(over);
  },
});

describe("a rehearsal", () => {
  it("starts nothing where the engine's disk has no room for two of what it restores", async () => {
    ports = { ...ports, driver: { ...ports.driver, scratchFreeBytes: async () => 5, mostScratchLogBytes: 9 } };
    await expect(rehearseMigration(ports, request())).rejects.toMatchObject({
      code: "DISK_FULL",
      message: `5 bytes are free on the engine's disk, 6 are wanted to rehearse on backup ${backup} in a throw-away server`,
    });
    expect(calls).toEqual([]);
  });

  it("tries the migration on an untouched copy that is watched for just as long, and leaves nothing", async () => {
    const report = await rehearseMigration(ports, request());
    expect(calls).toEqual([
      "restore",
      "clone",
      "open copy",
      "baseline",
      "clone",
      "observe",
      "migrate",
      "finish",
      "prove",
      "end-trial",
      "end-copy",
    ]);
    expect(report).toMatchObject({ v: 1, release: "v2", verdict: "pass", findings: [], compatibility: passes });
    expect(report.notTested).toEqual(expect.arrayContaining(["times of single statements", "mail"]));
    expect(report.notTested).toContain("whether the backup holds what the database held: sluice db verify");
  });

  it("says of which tables nobody knows whether they were overwritten", async () => {
    const large = { table: "public.events", rowsBefore: 9, rowsAfter: 9, bytesBefore: 1e9, bytesAfter: 1e9 };
    tables = [{ ...large, inserted: 0, updated: 9, deleted: 0, changed: null }];
    const report = await rehearseMigration(ports, request());
    expect(report).toMatchObject({ verdict: "pass" });
    expect(report.notTested).toContain(
      "whether what public.events held was overwritten: rows are compared up to 200 MB a table",
    );
  });

  it("of a migration that fails is a report; the previous release is not tried", async () => {
    const failing = async () => Promise.reject(new SluiceError("JOB_FAILED", "exit code 1", { detail: "no table" }));
    const report = await rehearseMigration(ports, request({ migrate: failing }));
    expect(report).toMatchObject({
      verdict: "block",
      migration: { error: { code: "JOB_FAILED", detail: "no table" } },
    });
    expect(calls).not.toContain("prove");
  });

  it("ends with the way back where there is one, and says what it leaves", async () => {
    const down = async () => void calls.push("down");
    expect(await rehearseMigration(ports, request({ down }))).toMatchObject({ verdict: "pass", down: { left: [] } });
    expect(calls.slice(-4)).toEqual(["prove", "down", "end-trial", "end-copy"]);
    left = ["column-dropped total of orders"];
    const lossy = await rehearseMigration(ports, request({ down }));
    expect(lossy.verdict).toBe("warn");
    expect(lossy.findings.map(({ code }) => code)).toEqual(["down-incomplete"]);
    const failing = async () => Promise.reject(new SluiceError("JOB_FAILED", "exit code 3"));
    const failed = await rehearseMigration(ports, request({ down: failing }));
    expect(failed.findings).toMatchObject([{ code: "down-failed", severity: "warn" }]);
    const broken = async () => Promise.reject(new SluiceError("JOB_FAILED", "exit code 1"));
    calls = [];
    expect(await rehearseMigration(ports, request({ migrate: broken, down }))).toMatchObject({ down: null });
    expect(calls).not.toContain("down");
  });

  it("that cannot be made is an error, and leaves nothing either", async () => {
    const broken = async () => Promise.reject(new SluiceError("ENGINE_FAILED", "no network"));
    await expect(rehearseMigration(ports, request({ migrate: broken }))).rejects.toMatchObject({
      code: "ENGINE_FAILED",
    });
    expect(calls.slice(-2)).toEqual(["end-trial", "end-copy"]);
    const driver = createFakeDatabase();
    await expect(rehearseMigration({ ...ports, driver }, request())).rejects.toMatchObject({
      code: "DATABASE_UNKNOWN",
    });
  });

  it("is not made on a server of another version than the backup's", async () => {
    const manifest = await ports.store.load(backup);
    await ports.store.update({ ...manifest, server: { ...manifest.server, major: 14 } });
    await expect(rehearseMigration(ports, request())).rejects.toMatchObject({ code: "BACKUP_WRONG_VERSION" });
    expect(calls).toEqual(["end-copy"]);
  });
});
