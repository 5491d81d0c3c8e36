import { createFakeWorld } from "@sluice/testing";
import { beforeEach, expect, it } from "vitest";
import { killedActions } from "./killed-actions.ts";

let journal: ReturnType<ReturnType<typeof createFakeWorld>["ports"]>["journal"];
beforeEach(() => {
  ({ journal } = createFakeWorld().ports());
});
const append = (type: string, result: string, service = "db") =>
  journal.append({ type: `database-${type}`, actor: "ada", service, release: "v4", backup: "b1", result });
const ended = (outcome: string) => journal.append({ type: "deployment-end", deployment: "d1", outcome });

it("a migration that was begun alone and has no end was killed, and is told until another one has ended", async () => {
  expect(await killedActions(journal, [])).toEqual([]);
  await append("migrate", "begun");
  await append("backup", "done");
  expect(await killedActions(journal, [])).toMatchObject([
    {
      code: "job-cut-short",
      service: "db",
      message: expect.stringMatching(
        /^the migration of v4 that ada began at .* was killed before it had ended: what it had changed of db by then may be there still$/,
      ),
      hint: expect.stringContaining("sluice db restore"),
    },
  ]);
  await append("migrate", "begun");
  await append("migrate", "failed");
  expect(await killedActions(journal, [])).toEqual([]);
});

it("nor is it told where its own data was put back since, or a deployment went well", async () => {
  await append("migrate-down", "begun");
  await append("restore", "failed");
  await ended("failed");
  expect(await killedActions(journal, [])).toHaveLength(1);
  await append("restore", "done");
  expect(await killedActions(journal, [])).toEqual([]);
  await append("migrate", "begun");
  await append("restore", "done", "analytics");
  await append("migrate", "done", "analytics");
  expect(await killedActions(journal, [])).toMatchObject([{ service: "db" }]);
  await ended("live");
  expect(await killedActions(journal, [])).toEqual([]);
});

it("a restore or an undo that has no end in the record is told, killed or lost sight of, until that of its database has one or a deployment went well", async () => {
  await append("restore", "begun");
  await append("restore-undo", "done", "analytics");
  expect(await killedActions(journal, [])).toMatchObject([
    {
      code: "restore-cut-short",
      service: "db",
      message: expect.stringMatching(
        /^the restore of backup b1 that ada began at .* whether it took place in db is not on record$/,
      ),
      // By that it is told whether it took place.
      hint: expect.stringMatching(/until then drop nothing that was set aside beside the database$/),
    },
  ]);
  await append("restore", "failed");
  expect(await killedActions(journal, [])).toEqual([]);
  await append("restore-undo", "begun");
  await append("migrate", "begun");
  expect((await killedActions(journal, [])).map(({ code }) => code)).toEqual(["job-cut-short", "restore-cut-short"]);
  await ended("live");
  expect(await killedActions(journal, [])).toEqual([]);
});
