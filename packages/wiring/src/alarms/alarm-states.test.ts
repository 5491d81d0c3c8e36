import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AlarmState } from "./alarm-change.ts";
import { createAlarmStates } from "./alarm-states.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "alarms-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const at = "2026-05-01T08:00:00.000Z";
const lasting: AlarmState = { since: at, toldAt: at, failing: ["GET /orders"] };

describe("what was told last of alarms", () => {
  const open = () => createAlarmStates(join(root, "alarms"));

  it("is known to the next process, each alarm by itself, and to the owner alone", async () => {
    expect(await open().read("checks")).toBeNull();
    await open().write("checks", lasting);
    expect([await open().read("checks"), await open().read("backup")]).toEqual([lasting, null]);
    expect((await stat(join(root, "alarms"))).mode & 0o777).toBe(0o700);
    expect((await stat(join(root, "alarms/checks"))).mode & 0o777).toBe(0o600);
  });

  it("is taken away when it is over, for which no disk is too full", async () => {
    await open().write("checks", lasting);
    await open().write("checks", null);
    await open().write("backup", null);
    expect(await readdir(join(root, "alarms"))).toEqual([]);
  });

  it("counts as none where it cannot be read", async () => {
    await open().write("checks", lasting);
    await writeFile(join(root, "alarms/checks"), "{");
    expect(await open().read("checks")).toBeNull();
  });

  it("says that it cannot be written", async () => {
    await writeFile(join(root, "alarms"), "");
    await expect(open().write("checks", lasting)).rejects.toThrow("EEXIST");
    await rm(join(root, "alarms"));
    await mkdir(join(root, "alarms/checks"), { recursive: true });
    await expect(open().write("checks", lasting)).rejects.toThrow("EISDIR");
  });

  it("keeps the newest note of what nobody could be told, beside what was told", async () => {
    const [first, second] = ["one", "two"].map((text) => ({ key: "LOCK_HELD", text }));
    for (const trouble of [first, second]) if (trouble) await open().note("backup", trouble);
    expect(await open().notes()).toEqual([{ alarm: "backup", troubles: [second] }]);
    expect(await open().read("backup")).toBeNull();
    await open().forgetNote("backup");
    expect(await open().notes()).toEqual([]);
  });

  it("knows no note where nothing was noted, and none that cannot be read", async () => {
    expect(await open().notes()).toEqual([]);
    await open().note("backup", { key: "LOCK_HELD", text: "" });
    await writeFile(join(root, "alarms/backup.note"), "{");
    expect(await open().notes()).toEqual([]);
  });
});
