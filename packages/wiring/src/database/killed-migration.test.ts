import { createFakeWorld } from "@sluice/testing";
import { beforeEach, expect, it } from "vitest";
import { killedMigration } from "./killed-migration.ts";

let journal: ReturnType<ReturnType<typeof createFakeWorld>["ports"]>["journal"];
beforeEach(() => {
  ({ journal } = createFakeWorld().ports());
});
const append = (type: string, result: string, service = "db") =>
  journal.append({ type: `database-${type}`, actor: "ada", service, release: "v4", result });
const ended = (outcome: string) => journal.append({ type: "deployment-end", deployment: "d1", outcome });

it("a migration that was begun alone and has no end was killed, and is told until another one has ended", async () => {
  expect(await killedMigration(journal, [])).toBeNull();
  await append("migrate", "begun");
  await append("backup", "done");
  expect(await killedMigration(journal, [])).toMatchObject({
    code: "job-cut-short",
    service: "db",
    message: expect.stringMatching(
      /^the migration of v4 that ada began at .* was killed before it had ended: what it had changed of db by then may be there still$/,
    ),
    hint: expect.stringContaining("sluice db restore"),
  });
  await append("migrate", "begun");
  await append("migrate", "failed");
  expect(await killedMigration(journal, [])).toBeNull();
});

it("nor is it told where its own data was put back since, or a deployment went well", async () => {
  await append("migrate-down", "begun");
  await append("restore", "failed");
  await ended("failed");
  expect(await killedMigration(journal, [])).not.toBeNull();
  await append("restore", "done");
  expect(await killedMigration(journal, [])).toBeNull();
  await append("migrate", "begun");
  await append("restore", "done", "analytics");
  await append("migrate", "done", "analytics");
  expect(await killedMigration(journal, [])).toMatchObject({ service: "db" });
  await ended("live");
  expect(await killedMigration(journal, [])).toBeNull();
});
