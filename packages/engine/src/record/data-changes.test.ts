import type { JournalEntry } from "@sluice/core";
import { createFakeWorld } from "@sluice/testing";
import { expect, it } from "vitest";
import { fateOf, type MigrationFate, readDataHistory } from "./data-history.ts";
import { lastMigrated } from "./last-migrated.ts";

type Fields = Readonly<Record<string, unknown>>;

const database = (what: string, result: string, fields: Fields = {}): JournalEntry => ({
  type: `database-${what}`,
  actor: "ada",
  reason: "",
  service: "db",
  ...fields,
  result,
});
/** An action with its end. */
const acted = (what: string, result: string, fields: Fields = {}) => [
  database(what, "begun", fields),
  database(what, result, fields),
];
/** A deployment of v2 that takes a backup and runs a job, as far as that came. */
const deployed = (result: "begun" | "failed" | "done"): readonly JournalEntry[] => {
  const step = (id: string, kind: string) => ({ id, kind, target: id, timeoutMs: 1, slot: "blue", service: "db" });
  const plan = { candidate: "blue", previous: null, steps: [step("backup-1", "backup"), step("job-1", "job")] };
  const of = { deployment: "d2" };
  return [
    { type: "deployment-start", ...of, tag: "v2", bundle: null, previousBundle: "v1", plan },
    { type: "step-outcome", ...of, step: "build-1", result: "done", data: { bundle: "v2" } },
    { type: "step-outcome", ...of, step: "backup-1", result: "done", data: { backup: "before-v2" } },
    { type: "step-intent", ...of, step: "job-1" },
    ...(result === "begun" ? [] : [{ type: "step-outcome", ...of, step: "job-1", result }]),
  ];
};

const v1 = acted("migrate", "done", { release: "v1" });
const both = [...v1, ...deployed("done")];
const back = { backup: "before-v2", release: "v1" };

interface Said {
  readonly v1: MigrationFate;
  readonly v2: MigrationFate;
  readonly last: string | null;
}

/** What one reader says of each release, and the other of the last, where the same happened. */
const table: Readonly<Record<string, readonly [readonly JournalEntry[], Said]>> = {
  nothing: [[], { v1: "unknown", v2: "unknown", last: null }],
  "one alone": [v1, { v1: "there", v2: "unknown", last: "v1" }],
  "one alone that failed": [acted("migrate", "failed", { release: "v1" }), { v1: "away", v2: "unknown", last: "v1" }],
  "a deployment": [both, { v1: "there", v2: "there", last: "v2" }],
  "a deployment whose job failed": [[...v1, ...deployed("failed")], { v1: "there", v2: "away", last: "v2" }],
  "a deployment whose job was killed": [[...v1, ...deployed("begun")], { v1: "there", v2: "away", last: "v2" }],
  "a restore": [[...both, ...acted("restore", "done", back)], { v1: "there", v2: "away", last: null }],
  "a restore that failed": [[...both, ...acted("restore", "failed", back)], { v1: "there", v2: "there", last: "v2" }],
  "a restore that was killed": [
    [...both, database("restore", "begun", back), ...acted("backup", "done", { backup: "b3" })],
    { v1: "there", v2: "unsure", last: null },
  ],
  "a restore that was killed, as was found later": [
    [...both, database("restore", "begun", back), ...acted("rehearse", "done"), database("restore", "done", back)],
    { v1: "there", v2: "away", last: null },
  ],
  "a restore that was killed before it took place, as was found later": [
    [...both, database("restore", "begun", back), database("mend", "done"), database("restore", "failed", back)],
    { v1: "there", v2: "there", last: "v2" },
  ],
  "an undo that was killed": [
    [...both, ...acted("restore", "done", back), database("restore-undo", "begun", back)],
    { v1: "there", v2: "unsure", last: null },
  ],
  "an undo that was killed, and done by the next": [
    [
      ...both,
      ...acted("restore", "done", back),
      database("restore-undo", "begun", back),
      ...acted("restore-undo", "done", back),
    ],
    { v1: "there", v2: "there", last: null },
  ],
  "an undo that was killed, and a migration since": [
    [
      ...both,
      ...acted("restore", "done", back),
      database("restore-undo", "begun", back),
      ...acted("migrate", "done", { release: "v2" }),
      database("restore-undo", "done", back),
    ],
    { v1: "there", v2: "there", last: "v2" },
  ],
  "a taking back that was killed": [
    [...both, database("migrate-down", "begun", { release: "v2" })],
    { v1: "there", v2: "unsure", last: null },
  ],
  "a restore that was interrupted": [
    [...both, ...acted("restore", "interrupted", back)],
    { v1: "there", v2: "there", last: "v2" },
  ],
  "a restore that was undone": [
    [...both, ...acted("restore", "done", back), ...acted("restore-undo", "done", back)],
    { v1: "there", v2: "there", last: null },
  ],
  "a migration after a restore": [
    [...both, ...acted("restore", "done", back), ...acted("migrate", "done", { release: "v2" })],
    { v1: "there", v2: "there", last: "v2" },
  ],
  "one that was taken back": [
    [...both, ...acted("migrate-down", "done", { release: "v2" })],
    { v1: "there", v2: "away", last: null },
  ],
  "a database anew": [[...both, database("anew", "done")], { v1: "away", v2: "away", last: null }],
  "a backup, a rehearsal and what is removed": [
    [...both, ...acted("backup", "done", { backup: "b3" }), ...acted("rehearse", "failed"), database("prune", "done")],
    { v1: "there", v2: "there", last: "v2" },
  ],
};

it.each(Object.entries(table))("of %s, both readers of the record say the same", async (_, [entries, said]) => {
  const { journal } = createFakeWorld().ports();
  for (const entry of entries) await journal.append(entry);
  const history = await readDataHistory(journal);
  const last = await lastMigrated(journal);
  expect({ v1: fateOf(history, "v1"), v2: fateOf(history, "v2"), last }).toEqual(said);
});
