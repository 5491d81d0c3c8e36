import type { Journal, JournalRecord, WantedRecords } from "@sluice/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataChanges } from "./data-changes.ts";
import { dataHistory, fateOf, readDataHistory, readMigrationFate } from "./data-history.ts";

type Fields = Readonly<Record<string, unknown>>;

const database = (what: string, fields: Fields = {}): Fields => ({
  type: `database-${what}`,
  result: "done",
  ...fields,
});
const deployed = (release: string, backup?: string): readonly Fields[] => {
  const step = (id: string, kind: string) => ({ id, kind, target: id, timeoutMs: 1, slot: "blue", service: "db" });
  const steps = [...(backup ? [step("backup-1", "backup")] : []), step("job-1", "job")];
  const deployment = `d-${release}`;
  const plan = { candidate: "blue", previous: null, steps };
  const outcome = (id: string, data: Fields) => ({
    type: "step-outcome",
    deployment,
    step: id,
    result: "done",
    data,
  });
  return [
    { type: "deployment-start", deployment, tag: release, bundle: release, previousBundle: null, plan },
    ...(backup ? [outcome("backup-1", { backup })] : []),
    { type: "step-intent", deployment, step: "job-1" },
    outcome("job-1", {}),
  ];
};
const recordsOf = (entries: readonly Fields[]) =>
  entries.map((entry, index) => ({ ...entry, seq: index + 1 }) as unknown as JournalRecord);
const historyOf = (entries: readonly Fields[]) => dataHistory(dataChanges(recordsOf(entries)));
const fatesAfter = (...entries: readonly Fields[]) => {
  const history = historyOf(entries);
  return Object.fromEntries(["v1", "v2", "v3"].map((release) => [release, fateOf(history, release)]));
};

const journalOf = (records: readonly JournalRecord[]) => {
  const asked: string[] = [];
  async function* those(how: string, { types = () => true }: WantedRecords = {}) {
    asked.push(how);
    yield* records.filter(({ type }) => types(type));
  }
  const journal: Pick<Journal, "read" | "backwards"> = {
    read: (wanted) => those("read", wanted),
    backwards: (wanted) => those("backwards", wanted),
  };
  return { asked, journal };
};

const both = [...deployed("v1"), ...deployed("v2", "before-v2")];

describe("what became of a migration", () => {
  it("is that it is there, once a deployment or somebody has run it", () => {
    expect(fatesAfter(...both)).toEqual({ v1: "there", v2: "there", v3: "unknown" });
    expect(fatesAfter(...both, database("migrate", { release: "v3" })).v3).toBe("there");
  });

  it("is that a backup from before it, put back, has taken it away, and one from after it has not", () => {
    expect(fatesAfter(...both, database("restore", { backup: "before-v2" }))).toMatchObject({
      v1: "there",
      v2: "away",
    });
    const after = [database("backup", { backup: "after", release: "v2" }), ...deployed("v3")];
    expect(fatesAfter(...both, ...after, database("restore", { backup: "after" }))).toEqual({
      v1: "there",
      v2: "there",
      v3: "away",
    });
  });

  it("is what it was before where the restore was undone, failed, or did not take place", () => {
    const restore = { backup: "before-v2", release: "v1" };
    const undone = [database("restore", restore), database("restore-undo", restore)];
    expect(fatesAfter(...both, ...undone).v2).toBe("there");
    for (const result of ["failed", "interrupted"])
      expect(fatesAfter(...both, database("restore", { ...restore, result })).v2).toBe("there");
  });

  it("is that it is there again once it has run again", () => {
    const back = database("restore", { backup: "before-v2" });
    expect(fatesAfter(...both, back, database("migrate", { release: "v2", result: "failed" })).v2).toBe("away");
    expect(fatesAfter(...both, back, database("migrate", { release: "v2" })).v2).toBe("there");
  });

  it("is not sure where that of a later release ran since, which mostly brings it along", () => {
    const back = database("restore", { backup: "before-v2" });
    expect(fatesAfter(...both, ...deployed("v3"), back, database("migrate", { release: "v3" }))).toEqual({
      v1: "there",
      v2: "unsure",
      v3: "there",
    });
  });

  it("is that it was taken back, alone where the record says whose it was", () => {
    expect(fatesAfter(...both, database("migrate-down", { release: "v2" }))).toMatchObject({ v1: "there", v2: "away" });
    expect(fatesAfter(...both, database("migrate-down"))).toMatchObject({ v1: "away", v2: "away" });
  });

  it("is told by the release of a backup that the record does not know, and without one nothing is there", () => {
    const put = (release: string | null) => fatesAfter(...both, database("restore", { backup: "other", release }));
    expect(put("v1")).toMatchObject({ v1: "there", v2: "away" });
    expect(put("v2")).toMatchObject({ v1: "there", v2: "there" });
    expect(put(null)).toMatchObject({ v1: "away", v2: "away" });
  });

  it("is that on its own database, whatever is done to another of the project; what says of none counts for all", async () => {
    const fatesOn = async (service: string, ...entries: readonly Fields[]) => {
      const { journal } = journalOf(recordsOf(entries));
      const history = await readDataHistory(journal, service);
      return ["v1", "v2"].map((release) => fateOf(history, release));
    };
    const other = { service: "analytics", release: null };
    const restore = database("restore", { ...other, backup: "a1" });
    const anew = database("anew", other);
    expect(await fatesOn("db", ...both, restore, anew)).toEqual(["there", "there"]);
    // The first deployment made no backup: whose database its job was at is not on record.
    expect(await fatesOn("analytics", ...both, restore)).toEqual(["away", "unknown"]);
    expect(await fatesOn("db", ...both, database("anew"))).toEqual(["away", "away"]);
  });

  it("is told with when the data was last changed so, also by what failed or never ended", () => {
    const at = (entries: readonly Fields[]) =>
      historyOf(entries.map((entry, index) => ({ ...entry, at: `at ${index}` }))).changedAt;
    expect(at([database("backup", { backup: "b" })])).toBeNull();
    expect(at([...both, database("backup", { backup: "b" })])).toBe(`at ${both.length - 1}`);
    expect(at([...both, database("restore", { backup: "b", result: "begun" })])).toBe(`at ${both.length}`);
  });

  it("is after the backups of before, by the order of the record, whichever clock they were taken by", () => {
    const takenIn = (entries: readonly Fields[]) => Object.fromEntries(historyOf(entries).taken);
    const after = database("backup", { backup: "after" });
    expect(takenIn([...both, after])).toEqual({ "before-v2": false, after: true });
    expect(takenIn([...both, after, database("restore", { backup: "before-v2" })])).toEqual({
      "before-v2": false,
      after: false,
    });
    // A rehearsal takes one where none will do: it may name one that there was.
    expect(takenIn([...both, database("rehearse", { backup: "before-v2" })])).toEqual({ "before-v2": false });
    expect(takenIn([database("backup", { backup: "b", result: "failed" })])).toEqual({});
  });

  it("is that of the database itself, whatever is put back and undone, in any order", () => {
    const releases = ["v1", "v2", "v3"];
    const action = fc.record({
      what: fc.constantFrom("migrate", "down", "backup", "restore", "undo", "deploy"),
      pick: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
        let data = new Set<string>();
        const backups: { readonly id: string; readonly holds: ReadonlySet<string> }[] = [];
        const aside: { readonly id: string; readonly held: Set<string> }[] = [];
        const entries: Fields[] = [];
        const take = () => {
          const id = `backup-${backups.length}`;
          backups.push({ id, holds: new Set(data) });
          return id;
        };
        for (const { what, pick } of actions) {
          const release = releases[pick % releases.length] ?? "v1";
          const backup = backups[pick % Math.max(backups.length, 1)];
          if (what === "migrate") entries.push(database("migrate", { release }));
          if (what === "deploy") entries.push(...deployed(release, take()));
          if (what === "migrate" || what === "deploy") data.add(release);
          if (what === "down") {
            data.delete(release);
            entries.push(database("migrate-down", { release }));
          }
          if (what === "backup") entries.push(database("backup", { backup: take() }));
          if (what === "restore" && backup) {
            aside.push({ id: backup.id, held: data });
            data = new Set(backup.holds);
            entries.push(database("restore", { backup: backup.id }));
          }
          const last = what === "undo" ? aside[pick % Math.max(aside.length, 1)] : undefined;
          if (last) {
            const at = aside.findLastIndex(({ id }) => id === last.id);
            data = new Set(aside.splice(at, 1)[0]?.held);
            entries.push(database("restore-undo", { backup: last.id }));
          }
        }
        const history = historyOf(entries);
        for (const each of releases) expect(fateOf(history, each) === "there").toBe(data.has(each));
      }),
    );
  });
});

describe("the record of a stack", () => {
  const fate = async (...fields: readonly Fields[]) => {
    const { asked, journal } = journalOf(recordsOf(fields));
    return [await readMigrationFate(journal, "v1"), ...asked];
  };

  it("is read as a whole only where something was taken from the data", async () => {
    expect(await fate(...deployed("v1"))).toEqual(["there", "backwards"]);
    expect(await fate(database("backup", { backup: "b0" }), ...deployed("v1"))).toEqual(["there", "backwards"]);
    const restored = database("restore", { backup: "b0", release: null });
    expect(await fate(database("backup", { backup: "b0" }), ...deployed("v1"), restored)).toEqual([
      "away",
      "backwards",
      "read",
    ]);
  });
});
