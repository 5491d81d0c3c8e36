import { describe, expect, it } from "vitest";
import { chooseBackup } from "./choose-backup.ts";

const at = (hour: number) => `2026-05-01T0${hour}:00:00.000Z`;
const backup = (id: string, release: string, hour: number, level: "written" | "compared" = "compared") => ({
  id,
  release,
  at: at(hour),
  verified: [{ level, at: at(hour), restoreMs: 1, notTested: [] }],
});
const failed = { at: at(9), code: "BACKUP_CORRUPT", message: "bad" };
const live = { releases: ["v3"], changedAt: at(3), taken: new Map<string, boolean>() };

describe("the backup that a rehearsal runs on", () => {
  it("is the newest that is proven, of the release that serves", () => {
    const all = [backup("a", "v3", 4), backup("b", "v3", 5), backup("c", "v3", 6, "written")];
    expect(chooseBackup(all, live)?.id).toBe("b");
  });

  it("is never one of another release, however well proven: rather one that nobody has proven yet", () => {
    const taken = backup("taken", "v3", 6, "written");
    expect(chooseBackup([backup("a", "v1", 5), taken], live)?.id).toBe("taken");
    expect(chooseBackup([backup("a", "v1", 5)], live)).toBeNull();
  });

  it("is never one from before the last migration or restore, nor one that failed", () => {
    expect(chooseBackup([backup("a", "v3", 2)], live)).toBeNull();
    expect(chooseBackup([backup("a", "v3", 2)], { ...live, changedAt: null })?.id).toBe("a");
    expect(chooseBackup([{ ...backup("a", "v3", 4), failed }], live)).toBeNull();
  });

  it("is what the record has after that, whatever its clock said; of one that is not on record it is all there is", () => {
    const all = [backup("before", "v3", 9), backup("after", "v3", 1), backup("other", "v3", 2)];
    const taken = new Map([
      ["before", false],
      ["after", true],
    ]);
    expect(chooseBackup(all, { ...live, taken })?.id).toBe("after");
    expect(chooseBackup(all.slice(0, 1), { ...live, taken })).toBeNull();
    expect(chooseBackup([backup("other", "v3", 4)], { ...live, taken })?.id).toBe("other");
  });
});
