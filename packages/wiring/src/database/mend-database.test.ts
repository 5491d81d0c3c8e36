import type { Finding } from "@sluice/core";
import { expect, it } from "vitest";
import type { Session } from "../session.ts";
import { mendDatabase } from "./mend-database.ts";
import type { OpenDatabase } from "./open-database.ts";

/** What is told and recorded of a driver that mends in this way; texts with `secret` are redacted. */
async function told(mend?: () => Promise<string | null>) {
  const findings: Finding[] = [];
  const records: unknown[] = [];
  const session = {
    options: { actor: "ada" },
    redact: (text: string) => text.replaceAll("secret", "***"),
    ports: async () => ({ journal: { append: async (entry: unknown) => void records.push(entry) } }),
  } as unknown as Session;
  const database = { service: "db", ports: { driver: mend ? { mend } : {} } } as unknown as OpenDatabase;
  await mendDatabase(session, database, (finding) => findings.push(finding));
  return { findings, records };
}

it("what is put right is told and recorded, and nothing where there was nothing", async () => {
  expect(await told()).toEqual({ findings: [], records: [] });
  expect(await told(async () => null)).toEqual({ findings: [], records: [] });
  expect(await told(async () => "its secret events run again")).toEqual({
    findings: [{ severity: "warn", code: "database-mended", service: "db", message: "db: its *** events run again" }],
    records: [
      { type: "database-mend", actor: "ada", reason: "its secret events run again", service: "db", result: "done" },
    ],
  });
});

it("what cannot be looked at is told, and stops nothing", async () => {
  const { findings, records } = await told(() => Promise.reject(new Error("no secret way in")));
  expect(findings).toMatchObject([{ code: "database-not-mended", message: expect.stringContaining("no *** way in") }]);
  expect(records).toEqual([]);
});
