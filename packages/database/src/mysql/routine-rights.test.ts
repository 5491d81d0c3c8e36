import { SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { bytesOf, chunks } from "../testing/bytes.ts";
import { withRoutineRights } from "./routine-rights.ts";

describe("a dump of an account that may not read a routine", () => {
  const failing = (message: string) =>
    (async function* () {
      yield Buffer.from("begun");
      throw new SluiceError("BACKUP_FAILED", message, { hint: "see the log", detail: "all of it" });
    })();
  const reason = "mysqldump failed (exit code 2): app has insufficient privileges to SHOW CREATE FUNCTION `f1`!";

  it.each([
    ["mysql", "grant show_routine on *.* to `app`"],
    ["mariadb", "grant select on mysql.proc to `app`"],
  ] as const)("says what %s wants", async (kind, grant) => {
    await expect(bytesOf(withRoutineRights(failing(reason), { kind, user: "app" }))).rejects.toMatchObject({
      code: "BACKUP_FAILED",
      message: reason,
      detail: "all of it",
      hint: expect.stringContaining(grant),
    });
  });

  it("is what it was where it fails for another reason, or not", async () => {
    const target = { kind: "mysql", user: "app" } as const;
    await expect(bytesOf(withRoutineRights(failing("another"), target))).rejects.toMatchObject({ hint: "see the log" });
    expect(await bytesOf(withRoutineRights(chunks("a", "b"), target))).toBe("ab");
  });
});
