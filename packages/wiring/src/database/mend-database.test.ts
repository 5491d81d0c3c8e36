import { databaseEntry, type Finding, type JournalEntry } from "@sluice/core";
import type { DatabaseDriver, DriverCall } from "@sluice/database";
import { createFakeWorld } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import type { Session } from "../session.ts";
import { mendDatabase } from "./mend-database.ts";
import type { OpenDatabase } from "./open-database.ts";

/** What is told and recorded of a driver that mends in this way; texts with `secret` are redacted. */
async function told(
  driver: Pick<DatabaseDriver, "mend" | "setAside"> = {},
  before: readonly JournalEntry[] = [],
  signal?: AbortSignal,
) {
  const findings: Finding[] = [];
  const { journal } = createFakeWorld().ports();
  for (const entry of before) await journal.append(entry);
  const session = {
    options: { actor: "ada" },
    redact: (text: string) => text.replaceAll("secret", "***"),
    ports: async () => ({ journal }),
  } as unknown as Session;
  const store = { load: async (id: string) => ({ id, release: "r1" }) };
  const database = { service: "db", ports: { driver, store } } as unknown as OpenDatabase;
  await mendDatabase(session, database, { say: (finding) => findings.push(finding), signal });
  const records: unknown[] = [];
  for await (const record of journal.read()) records.push(record);
  return { findings, records: records.slice(before.length) };
}

it("what is put right is told and recorded, and nothing where there was nothing", async () => {
  expect(await told()).toEqual({ findings: [], records: [] });
  expect(await told({ mend: async () => null })).toEqual({ findings: [], records: [] });
  expect(await told({ mend: async () => "its secret events run again" })).toMatchObject({
    findings: [{ severity: "warn", code: "database-mended", service: "db", message: "db: its *** events run again" }],
    records: [
      { type: "database-mend", actor: "ada", reason: "its secret events run again", service: "db", result: "done" },
    ],
  });
});

it("what cannot be looked at is told, and stops nothing", async () => {
  const { findings, records } = await told({ mend: () => Promise.reject(new Error("no secret way in")) });
  expect(findings).toMatchObject([{ code: "database-not-mended", message: expect.stringContaining("no *** way in") }]);
  expect(records).toEqual([]);
});

const begun = databaseEntry({
  action: "restore",
  actor: "eva",
  reason: "",
  service: "db",
  backup: "b1",
  result: "begun",
});

it.each(["mend", "setAside"] as const)(
  "whoever waits for a server that stands still can end that (%s)",
  async (call) => {
    const stop = new AbortController();
    const waiting = ({ signal }: DriverCall) =>
      new Promise<null>((resolve, reject) => {
        if (signal) signal.addEventListener("abort", () => reject(signal.reason as Error));
        else resolve(null);
        stop.abort(new Error("enough"));
      });
    await expect(told({ [call]: waiting }, [begun], stop.signal)).rejects.toThrow("enough");
  },
);

describe("a restore that was killed between the exchange and its record", () => {
  const aside = (...found: readonly ("old" | "undone")[]) => ({ setAside: async () => found });

  it("is recorded as done, with whose data it is, where what was in use is set aside", async () => {
    const { findings, records } = await told(aside("old"), [begun]);
    expect(records).toMatchObject([
      { type: "database-restore", actor: "ada", service: "db", backup: "b1", release: "r1", result: "done" },
    ]);
    expect(findings).toMatchObject([
      {
        code: "restore-settled",
        message: expect.stringMatching(/^the restore of backup b1 that eva began at .*: it took place,/),
      },
    ]);
  });

  it("is recorded as failed where nothing is", async () => {
    const { findings, records } = await told(aside(), [begun]);
    expect(records).toMatchObject([
      { type: "database-restore", backup: "b1", result: "failed", error: { code: "RESTORE_FAILED" } },
    ]);
    expect(findings).toMatchObject([{ message: expect.stringContaining(": it did not take place,") }]);
  });

  it("stays open where that cannot be told, and nobody is asked where there is none", async () => {
    expect(await told({}, [begun])).toEqual({ findings: [], records: [] });
    const ended = databaseEntry({
      action: "restore",
      actor: "eva",
      reason: "",
      service: "db",
      backup: "b1",
      result: "done",
    });
    const setAside = () => expect.unreachable("it was asked");
    expect(await told({ setAside }, [begun, ended])).toEqual({ findings: [], records: [] });
  });
});
