import { describe, expect, it } from "vitest";
import type { JournalEntry, JournalRecord } from "../ports/journal.ts";
import { databaseActionOf, databaseActions, databaseEntry, parseDatabaseRecord } from "./database-record.ts";

const recordOf = (entry: JournalEntry): JournalRecord => ({
  ...entry,
  v: 1,
  seq: 7,
  at: "now",
  previous: "",
  hash: "h",
});

describe("a record about a database", () => {
  it("says what was written, and keeps the form that it always had", () => {
    const error = { code: "BACKUP_DIFFERS", message: "one row" };
    const about = { actor: "ada", reason: "try", service: "db", backup: "b1", release: "r1" };
    const entry = databaseEntry({ action: "restore-undo", ...about, result: "failed", error, old: "shop__old" });
    expect(entry).toEqual({ type: "database-restore-undo", ...about, result: "failed", error, old: "shop__old" });
    const known = { seq: 7, at: "now", hash: "h", action: "restore-undo", ...about };
    expect(parseDatabaseRecord(recordOf(entry))).toEqual({ ...known, result: "failed", error: "one row", removed: [] });
  });

  it("may say less than today's", () => {
    const parsed = parseDatabaseRecord(
      recordOf({ type: "database-prune", result: "done", removed: ["b1"], release: null }),
    );
    expect(parsed).toMatchObject({ actor: "", reason: "", service: null, backup: null, release: null, error: null });
    expect(parsed?.removed).toEqual(["b1"]);
  });

  it("is of an action that is known here, and says how that ended", () => {
    for (const action of databaseActions) expect(databaseActionOf(`database-${action}`)).toBe(action);
    for (const type of ["step-intent", "restore", "database-", "database-teleport"]) {
      expect(parseDatabaseRecord(recordOf({ type, result: "done" }))).toBeNull();
    }
    for (const result of [undefined, "well"]) {
      const parse = () => parseDatabaseRecord(recordOf({ type: "database-migrate", result }));
      expect(parse).toThrow(expect.objectContaining({ code: "JOURNAL_INVALID" }));
    }
  });
});
