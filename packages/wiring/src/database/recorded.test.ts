import { type Finding, type JournalEntry, type JournalRecord, SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { recorded, recordedAfter } from "./recorded.ts";

const of = { actor: "ada", reason: "", backup: "b1" };
const restore = { action: "restore", ...of } as const;
const about = { type: "database-restore", ...of };
const full = new SluiceError("DISK_FULL", "the journal cannot be written: no space left");

/** A journal that has no room any more after so many entries. */
function withRoomFor(room: number) {
  const entries: JournalEntry[] = [];
  const findings: Finding[] = [];
  const append = async (entry: JournalEntry) => {
    if (entries.length >= room) throw full;
    entries.push(entry);
    return entry as JournalRecord;
  };
  const { signal } = new AbortController();
  return { entries, findings, to: { journal: { append }, signal, say: (one: Finding) => void findings.push(one) } };
}

const done = async () => ({ result: 7, record: { old: "shop__old" } });
const failing = async () => {
  throw new SluiceError("BACKUP_DIFFERS", "one row");
};

it("what is begun and what became of it are recorded", async () => {
  const { entries, findings, to } = withRoomFor(9);
  expect(await recorded(to, restore, done)).toBe(7);
  await expect(recorded(to, restore, failing)).rejects.toMatchObject({ code: "BACKUP_DIFFERS" });
  expect(entries).toEqual([
    { ...about, result: "begun" },
    { ...about, old: "shop__old", result: "done" },
    { ...about, result: "begun" },
    { ...about, result: "failed", error: { code: "BACKUP_DIFFERS", message: "one row" } },
  ]);
  expect(findings).toEqual([]);
});

it("what is done has its result although that cannot be recorded, which is told", async () => {
  const { findings, to } = withRoomFor(1);
  expect(await recorded(to, restore, done)).toBe(7);
  expect(findings).toMatchObject([
    { code: "done-unrecorded", message: expect.stringMatching(/^database restore: it is done, .*no space left$/) },
  ]);
});

it("what may have been done has no end in the record: nobody knows which one", async () => {
  const { entries, to } = withRoomFor(9);
  const lost = new SluiceError("RESTORE_FAILED", "the connection broke", { undecided: true });
  await expect(recorded(to, restore, () => Promise.reject(lost))).rejects.toBe(lost);
  expect(entries).toEqual([{ ...about, result: "begun" }]);
});

it("why it failed is told although that cannot be recorded; what cannot even be begun is not done", async () => {
  await expect(recorded(withRoomFor(1).to, restore, failing)).rejects.toMatchObject({ code: "BACKUP_DIFFERS" });
  const run = () => expect.unreachable("it ran");
  await expect(recorded(withRoomFor(0).to, restore, run)).rejects.toBe(full);
});

describe("what makes room", () => {
  const prune = { action: "prune", actor: "ada", reason: "" } as const;
  const removing = async (onRemoved: (id: string) => void) => {
    for (const id of ["b1", "b2"]) onRemoved(id);
    return 2;
  };

  it("is recorded once it is done, with what it removed", async () => {
    const { entries, to } = withRoomFor(9);
    expect(await recordedAfter(to, prune, removing)).toBe(2);
    expect(entries).toMatchObject([{ type: "database-prune", removed: ["b1", "b2"], result: "done" }]);
  });

  it("is recorded with what it removed before it failed", async () => {
    const { entries, to } = withRoomFor(9);
    const run = async (onRemoved: (id: string) => void) => {
      onRemoved("b1");
      return failing();
    };
    await expect(recordedAfter(to, prune, run)).rejects.toMatchObject({ code: "BACKUP_DIFFERS" });
    expect(entries).toMatchObject([{ removed: ["b1"], result: "failed", error: { code: "BACKUP_DIFFERS" } }]);
  });

  it("is done on a full disk, too, and told where even its end does not fit", async () => {
    const { findings, to } = withRoomFor(0);
    expect(await recordedAfter(to, prune, removing)).toBe(2);
    expect(findings).toMatchObject([{ code: "done-unrecorded" }]);
  });
});
