import { SluiceError } from "@sluice/core";
import { createFakeClock } from "@sluice/testing";
import { beforeEach, describe, expect, it } from "vitest";
import {
  aSession,
  createFakeMigrationServer,
  type FakeMigrationServer,
  someSettings,
} from "../testing/fake-migration-server.ts";
import { runPostgresMigration } from "./migrate.ts";
import type { MigrationCall } from "./migration-call.ts";
import type { AttemptCall } from "./watched-attempt.ts";

let server: FakeMigrationServer;
let clock: ReturnType<typeof createFakeClock>;
let told: string[];
beforeEach(() => {
  server = createFakeMigrationServer();
  clock = createFakeClock();
  told = [];
});

function run(attempt: (call: AttemptCall) => Promise<void>, over: Partial<MigrationCall> = {}) {
  const call = {
    server,
    clock,
    settings: someSettings(),
    run: "d1",
    onProgress: (text: string) => void told.push(text),
  };
  return runPostgresMigration({ ...call, ...over }, attempt);
}
const jobFailure = (detail: string) => new SluiceError("JOB_FAILED", "job migrate ended with exit code 1", { detail });
const lockTimeout = () => jobFailure("ERROR:  canceling statement due to lock timeout");
const reader = aSession(3, { name: "report", isActive: false, transactionMs: 61_000 });
const blocked = aSession(7, {
  name: "sluice-migration-d1",
  waitsFor: "relation",
  blockedBy: [3],
  query: "alter table t",
});

describe("a migration", () => {
  it("that goes well runs once, and says whether it changed the schema", async () => {
    const report = await run(async () => void (server.hash = "after"));
    expect(report).toMatchObject({ attempts: 1, schemaChanged: true, longTransactions: [], invalidIndexes: [] });
    expect(server.calls).toEqual(["end migrations of all runs"]);
  });

  it("that fails by itself fails as it did", async () => {
    const error = jobFailure('ERROR:  column "x" does not exist');
    await expect(run(() => Promise.reject(error))).rejects.toBe(error);
    expect(server.calls).toEqual(["end migrations of all runs", "end migrations d1"]);
  });

  it("that fails by itself when it had changed something says so, and the way back", async () => {
    const half = async () => {
      server.hash = "half";
      throw jobFailure('ERROR:  column "x" does not exist');
    };
    await expect(run(half, { goBack: "or go back: sluice db restore b1" })).rejects.toMatchObject({
      code: "JOB_FAILED",
      message: "job migrate ended with exit code 1; it has changed a part of the schema already",
      hint: expect.stringMatching(/^look at what is done .*; or go back: sluice db restore b1$/),
      detail: expect.stringContaining('column "x"'),
    });
  });

  it("does not begin beside what a killed one has left at work, which is ended first, whatever its driver calls it", async () => {
    const session = { pid: 9, user: "shop", host: "10.0.0.9", port: 5000, statementMs: 61_000, isOfDatabase: true };
    server.leftOf = (addresses) =>
      addresses.has("10.0.0.9")
        ? [{ session: { ...session, isKilled: false, isReading: false }, address: "10.0.0.9", isOurs: true }]
        : [];
    await run(async () => void server.calls.push("ran"), { left: ["10.0.0.9"] });
    expect(server.calls).toEqual(["end migrations of all runs", "end left 9", "ran"]);
    expect(told.join()).toContain("session 9 (shop@10.0.0.9, in a statement for 1m1s) of a migration");
  });

  it("does not begin while somebody is at work in the database whose client is gone", async () => {
    const session = { pid: 9, user: "shop", host: "10.0.0.9", port: 5000, statementMs: 61_000, isOfDatabase: true };
    server.leftOf = () => [
      { session: { ...session, isKilled: false, isReading: false }, address: "10.0.0.9", isOurs: false },
    ];
    await expect(run(() => expect.unreachable())).rejects.toMatchObject({
      code: "LOCK_HELD",
      message: expect.stringContaining("whose client is gone, still at work in this database"),
      hint: expect.stringContaining("select pg_terminate_backend(9)"),
    });
  });

  it("that another one is in the way of does not begin, and says who", async () => {
    server.holder = { pid: 12, name: "sluice-migrate-d0", since: "2026-01-01T00:00:00Z" };
    const settings = someSettings({ waitMs: 2_000 });
    const before = clock.monotonicMs();
    await expect(run(() => expect.unreachable(), { settings })).rejects.toMatchObject({
      code: "LOCK_HELD",
      message: expect.stringContaining("session 12 (sluice-migrate-d0, since 2026-01-01T00:00:00Z)"),
    });
    expect(clock.monotonicMs() - before).toBe(2_000);
  });
});

describe("a migration that meets a lock", () => {
  it("is tried again, with longer and longer pauses, and goes well", async () => {
    const starts: number[] = [];
    const report = await run(async () => {
      starts.push(clock.monotonicMs());
      if (starts.length < 3) throw lockTimeout();
    });
    expect(report.attempts).toBe(3);
    expect(starts.map((at) => at - (starts[0] ?? 0))).toEqual([0, 2_000, 6_000]);
    // Rows may have been.
    expect(told[0]).toContain("nothing of the schema was changed, attempt 2 of 3");
  });

  it("gives up in the end, and names what was in the way", async () => {
    server.look = () => [reader, blocked];
    let count = 0;
    const waiting = async () => {
      count += 1;
      await clock.sleep(3_000);
      throw lockTimeout();
    };
    await expect(run(waiting)).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      retryable: true,
      message: expect.stringMatching(
        /after 3 attempts: alter table t waited 3s for a lock that session 3 \(report, .*changed nothing/,
      ),
    });
    expect(count).toBe(3);
  });

  it.each([
    "psycopg2.errors.LockNotAvailable: canceling statement",
    'ERROR:  could not obtain lock on relation "t"',
    "error: (SQLSTATE 55P03)",
    "ERROR 1205 (HY000) at line 1: Lock wait timeout exceeded; try restarting transaction",
    "code: 'ER_LOCK_WAIT_TIMEOUT', errno: 1205",
  ])("is known by what its server or driver says: %s", async (says) => {
    await expect(run(() => Promise.reject(jobFailure(says)))).rejects.toMatchObject({
      message: expect.stringContaining("after 3 attempts: it did not get a lock in time"),
    });
  });

  it.each([
    "SET lock_timeout TO '5s'; SET statement_timeout = 0;\nERROR:  column \"nope\" does not exist (42703)",
    "SET statement_timeout = 0;\nERROR:  division by zero",
    "applying 1205_orders.sql\nERROR:  relation orders does not exist",
  ])("is not one whose log only speaks of such settings: %s", async (says) => {
    const error = jobFailure(says);
    let count = 0;
    const failing = async () => {
      count += 1;
      throw error;
    };
    await expect(run(failing)).rejects.toBe(error);
    expect(count).toBe(1);
  });

  it("is not tried again once it has changed the schema", async () => {
    let count = 0;
    const half = async () => {
      count += 1;
      server.hash = "half";
      throw lockTimeout();
    };
    await expect(run(half)).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringContaining("changed a part of the schema already"),
    });
    expect(count).toBe(1);
  });
});

describe("a migration that the application queues behind", () => {
  const queued = aSession(4, { waitsFor: "relation", blockedBy: [7] });
  const once = { settings: someSettings({ attempts: 1 }) };
  const holding = { ...blocked, waitsFor: null, blockedBy: [] };

  it("is cancelled, and only it", async () => {
    server.look = () => [reader, holding, queued];
    const ended = new Promise<void>((resolve) => {
      server.end = async (sessions, how) => {
        for (const { pid } of sessions) server.calls.push(`${how} ${pid} at ${clock.monotonicMs()}`);
        if (how === "cancel") resolve();
      };
    });
    const tool = () => ended.then(() => Promise.reject(jobFailure("canceling statement due to user request")));
    await expect(run(tool, once)).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringContaining("a session of the application waited 3s behind it"),
    });
    expect(server.calls).toEqual([
      "end migrations of all runs",
      "cancel 7 at 3100",
      "terminate 7 at 3100",
      "end migrations d1",
    ]);
  });

  it("is ended when it does not stop, and its tool too", async () => {
    server.look = () => [holding, queued];
    const tool = ({ signal }: AttemptCall) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    await expect(run(tool, once)).rejects.toMatchObject({ code: "MIGRATION_FAILED" });
    expect(server.calls.filter((name) => name === "cancel 7").length).toBeGreaterThan(1);
    expect(server.calls).toContain("terminate 7");
    expect(clock.monotonicMs()).toBeLessThan(3_000 + 5_500);
  });

  it("is known by the address of its container, whatever its name, unless the session is older", async () => {
    const anonymous = { ...holding, name: "", address: "172.20.0.9", ageMs: 100 };
    const older = { ...anonymous, pid: 8, ageMs: 60_000 };
    server.look = () => [anonymous, older, queued];
    const tool = async ({ onStarted }: AttemptCall) => {
      onStarted(["172.20.0.9"]);
      await clock.sleep(4_000);
      throw jobFailure("canceled");
    };
    await expect(run(tool, once)).rejects.toMatchObject({ code: "MIGRATION_FAILED" });
    expect(server.calls).toContain("cancel 7");
    expect(server.calls.filter((name) => name.endsWith(" 8"))).toEqual([]);
  });
});

describe("a run", () => {
  it("whose lock is lost stops the tool", async () => {
    server.look = () => [];
    const tool = ({ signal }: AttemptCall) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
        void clock.sleep(1_000).then(() => (server.broken = true));
      });
    await expect(run(tool)).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringContaining("the session that held the lock of the migration was lost"),
    });
  });

  it("that is interrupted ends what the tool left in the server, and is not tried again", async () => {
    server.look = () => [blocked];
    const interrupt = new AbortController();
    const tool = async () => {
      interrupt.abort(new Error("enough"));
      throw lockTimeout();
    };
    await expect(run(tool, { signal: interrupt.signal })).rejects.toThrow("enough");
    expect(server.calls).toEqual(["end migrations of all runs", "terminate 7", "end migrations d1"]);
  });

  it.each([
    ["before", "the schema is what it was, and rows that it had committed by then stay changed", /^look at/],
    ["half", "it has changed a part of the schema already", /^look at .*; or go back: sluice db restore b1$/],
  ])("that is interrupted says what it has left: the schema is as %s", async (hash, left, hint) => {
    const interrupt = new AbortController();
    const seen: unknown[] = [];
    const tool = async () => {
      server.hash = hash;
      interrupt.abort(new Error("enough"));
      throw interrupt.signal.reason as Error;
    };
    const goBack = "or go back: sluice db restore b1";
    const onCutShort = (one: unknown) => void seen.push(one);
    await expect(run(tool, { signal: interrupt.signal, goBack, onCutShort })).rejects.toThrow("enough");
    expect(seen).toEqual([{ left, hint: expect.stringMatching(hint) }]);
  });

  it.each([
    ["as its tool is ended", () => (server.broken = true)],
    [
      "as its schema is asked for",
      () => (server.schema = () => Promise.reject(new Error("the server closed the connection"))),
    ],
  ])(
    "that is interrupted ends so where the server is gone %s, and nobody knows what it has left",
    async (_, breakIt) => {
      const interrupt = new AbortController();
      const seen: unknown[] = [];
      const tool = async () => {
        breakIt();
        interrupt.abort(new Error("enough"));
        throw interrupt.signal.reason as Error;
      };
      const onCutShort = (one: unknown) => void seen.push(one);
      await expect(run(tool, { signal: interrupt.signal, onCutShort })).rejects.toThrow("enough");
      expect(seen).toMatchObject([{ left: expect.stringContaining("could not be looked at") }]);
    },
  );

  it.each([
    ["its server does not answer any more", () => Promise.reject(new Error("the server closed the connection"))],
    ["all goes well", async () => ({ hash: "before", invalidIndexes: [] })],
  ])("that is interrupted before its first attempt ends so, and runs nothing, where %s", async (_, schema) => {
    const interrupt = new AbortController();
    server.schema = () => {
      interrupt.abort(new Error("enough"));
      return schema();
    };
    const onCutShort = () => expect.unreachable();
    await expect(run(() => expect.unreachable(), { signal: interrupt.signal, onCutShort })).rejects.toThrow("enough");
  });

  it("names old transactions first, or is refused for them", async () => {
    server.look = () => [reader];
    expect((await run(async () => undefined)).longTransactions).toEqual([expect.stringContaining("session 3 (report")]);
    expect(told).toEqual([expect.stringContaining("a migration may have to wait for session 3")]);
    const settings = someSettings({ onLongTransaction: "refuse" });
    await expect(run(() => expect.unreachable(), { settings })).rejects.toMatchObject({ code: "PREFLIGHT_FAILED" });
    expect((await run(async () => undefined, { settings: { ...settings, longTransactionMs: 61_000 } })).attempts).toBe(
      1,
    );
  });

  it("names indexes that it left invalid", async () => {
    const report = await run(async () => void (server.invalid = ["public.i"]));
    expect(report.invalidIndexes).toEqual(["public.i"]);
    expect(told).toEqual([expect.stringContaining("index public.i is invalid")]);
  });
});
