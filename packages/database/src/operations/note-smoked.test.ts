import type { Verdict } from "@sluice/core";
import { describe, expect, it } from "vitest";
import type { Manifest } from "../model/manifest.ts";
import { highestLevel, type VerificationLevel } from "../model/verification.ts";
import type { BackupStore } from "../store/backup-store.ts";
import { aManifest } from "../testing/a-manifest.ts";
import { noteSmoked, type ReleaseRun } from "./note-smoked.ts";
import type { BackupPorts } from "./ports.ts";

const level = (name: VerificationLevel) => ({
  level: name,
  at: "2026-05-01T10:00:00.000Z",
  restoreMs: 5,
  notTested: [],
});
const compared = { verified: [level("written"), level("restored"), level("compared")] };
const check = (result: Verdict["result"], name = "orders"): Verdict => ({
  check: name,
  result,
  value: "",
  limit: "",
  n: 1,
});
const well: ReleaseRun = { release: "v1", failure: null, verdicts: [check("pass")], notTested: ["workers"] };

async function noted(over: Partial<Manifest>, run: ReleaseRun | null, meanwhile: Partial<Manifest> = {}) {
  const tried = aManifest(over);
  const written: Manifest[] = [];
  const store = {
    load: async () => ({ ...tried, ...meanwhile }),
    update: async (manifest: Manifest) => void written.push(manifest),
  } as Partial<BackupStore> as BackupStore;
  const clock = { now: () => new Date("2026-05-02T00:00:00Z") };
  const { manifest, notNoted } = await noteSmoked({ store, clock } as BackupPorts, tried, run, 7);
  return { level: highestLevel(manifest), written, notNoted };
}

describe("a release on what a backup was restored to", () => {
  it("that is content makes the backup smoked, and what was not asked is told", async () => {
    const { level: now, written } = await noted(compared, well);
    expect(now).toBe("smoked");
    expect(written[0]?.verified.at(-1)).toEqual({
      level: "smoked",
      at: "2026-05-02T00:00:00.000Z",
      restoreMs: 7,
      notTested: ['more than the checks "orders" of v1', "workers"],
    });
  });

  it.each<[string, Partial<Manifest>, ReleaseRun | null]>([
    ["there is none", compared, null],
    ["it does not run", compared, { ...well, failure: "exit code 1" }],
    ["nothing was asked of it", compared, { ...well, verdicts: [] }],
    ["one of its checks fails", compared, { ...well, verdicts: [check("pass"), check("fail")] }],
    ["one of its checks saw nothing", compared, { ...well, verdicts: [check("pass"), check("no-data")] }],
    ["the backup was never compared", { verified: [level("written"), level("restored")] }, well],
    [
      "the backup failed later",
      { ...compared, failed: { at: "2026-05-01T11:00:00.000Z", code: "X", message: "x" } },
      well,
    ],
    ["it is known already", { verified: [...compared.verified, level("smoked")] }, well],
  ])("says nothing of the backup where %s", async (_what, over, run) => {
    expect((await noted(over, run)).written).toEqual([]);
  });

  it("changes no backup that was found wanting meanwhile", async () => {
    const failed = { at: "2026-05-01T11:00:00.000Z", code: "BACKUP_CORRUPT", message: "x" };
    expect(await noted(compared, well, { failed })).toMatchObject({ level: "compared", written: [] });
  });

  it("that cannot be written down is told, and ends nothing", async () => {
    const store = { load: async () => Promise.reject(new Error("no bucket")) } as Partial<BackupStore> as BackupStore;
    const tried = aManifest(compared);
    expect(await noteSmoked({ store } as BackupPorts, tried, well, 7)).toEqual({
      manifest: tried,
      notNoted: [`that v1 runs on backup ${tried.id} is not on record: no bucket`],
    });
  });
});
