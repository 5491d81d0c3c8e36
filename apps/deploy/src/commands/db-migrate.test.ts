import { SluiceError } from "@sluice/core";
import type { DatabaseOperations, MigrationResult } from "@sluice/wiring";
import { describe, expect, it } from "vitest";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

const dataRollback = {
  kind: "restore",
  backup: "b1",
  takenAt: "2026-05-01T09:00:00Z",
  proven: true,
  ageMs: 60_000,
  losses: [{ table: "public.orders", rowsThen: 10, rowsNow: 14 }],
} as const;
const report = { attempts: 2, ms: 5_300, longTransactions: [], schemaChanged: true, invalidIndexes: [], dataRollback };
const result: MigrationResult = { release: "v2", database: "db", jobs: [{ job: "migrate", report }] };

function deployerWith(operations: Partial<DatabaseOperations>) {
  const none = fakeDeployer().database;
  return fakeDeployer({ database: { ...none, ...operations } });
}

describe("sluice db migrate", () => {
  it("tells what goes on beside the result, and how it went", async () => {
    const deployer = deployerWith({
      async migrate({ onText, onOutput }) {
        onText?.("way back for data: none needed");
        onOutput?.({ source: "migrate", stream: "stdout", text: "applied 003" });
        return result;
      },
    });
    const ran = await run(["db", "migrate", "v2", "--reason", "expand first", "--wait", "1m"], { deployer });
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: "migrate of release v2 ran on db in 5.3s at attempt 2: the schema changed\n",
      stderr: "way back for data: none needed\nmigrate | applied 003\n",
    });
    expect(deployer.calls[0]?.[1]).toMatchObject({
      release: "v2",
      down: false,
      reason: "expand first",
      waitMs: 60_000,
    });
  });

  it("that is interrupted says at once that it stops, and what it has left", async () => {
    const stop = new AbortController();
    const finding = {
      severity: "warn",
      code: "job-cut-short",
      message: "job migrate was stopped",
      hint: "look",
    } as const;
    const migrate: DatabaseOperations["migrate"] = async ({ onFinding }) => {
      stop.abort(new Error("interrupted by SIGINT"));
      onFinding?.(finding);
      throw stop.signal.reason as Error;
    };
    const { signal } = stop;
    const ran = await run(["db", "migrate"], { deployer: deployerWith({ migrate }), signal });
    expect([ran.exitCode, ran.stderr]).toEqual([
      130,
      "stopping: what has begun is ended first; again to stop at once\njob migrate was stopped (look)\n",
    ]);
  });

  it("names what it leaves to be done", async () => {
    const left = { ...report, attempts: 1, schemaChanged: false, invalidIndexes: ["public.i"] };
    const migrate = async () => ({
      ...result,
      jobs: [
        { job: "migrate", report: left },
        { job: "other", report: null },
      ],
    });
    const ran = await run(["db", "migrate"], { deployer: deployerWith({ migrate }) });
    expect(ran.stdout).toBe(
      "migrate of release v2 ran on db in 5.3s: the schema is what it was\n" +
        "index public.i is invalid: drop it, then build it again\n" +
        "other of release v2 ran on db, which nobody here can watch\n",
    );
  });

  it("shows what would run and how data would come back, and changes nothing", async () => {
    const plan = { release: "v2", database: "db", jobs: ["migrate"], command: ["dbmate", "down"], dataRollback };
    const deployer = deployerWith({ planMigration: async () => plan });
    expect((await run(["db", "migrate", "--plan", "--down"], { deployer })).stdout).toBe(
      "dbmate down in migrate of release v2 would run on db\n" +
        "way back for data: sluice db restore b1 loses everything written in the 1m since, and until then; by now 4 rows more or fewer in 1 tables, changed rows not counted\n",
    );
    expect(deployer.calls.map(([name]) => name)).toEqual(["database.planMigration", "dispose"]);
    const json = await run(["db", "migrate", "--plan", "--json"], { deployer });
    expect(events(json.stdout)).toEqual([{ v: 1, plan }]);
  });

  it("is one object with --json, and fails with the code's exit code", async () => {
    const ran = await run(["db", "migrate", "--json"], { deployer: deployerWith({ migrate: async () => result }) });
    expect(events(ran.stdout)).toEqual([{ v: 1, ...result }]);
    const failing = async () => Promise.reject(new SluiceError("LOCK_HELD", "session 12 holds its lock"));
    const failed = await run(["db", "migrate"], { deployer: deployerWith({ migrate: failing }) });
    expect([failed.exitCode, failed.stderr]).toEqual([10, expect.stringContaining("session 12")]);
  });
});
