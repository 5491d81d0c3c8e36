import { verifyBackup } from "@sluice/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backupsOf } from "./support/backups.ts";
import { docker, type Project, startProject } from "./support/postgres.ts";
import { until } from "./support/until.ts";

let project: Project;

beforeAll(async () => {
  project = await startProject("manytables");
  await project.sql("alter system set max_locks_per_transaction = 10; alter system set max_connections = 20;");
  await docker("restart", project.container);
  await until(async () =>
    project.sql("select 1").then(
      () => true,
      () => false,
    ),
  );
  await project.sql(
    "select format('create table many_%s (id int primary key, a int unique, b int unique);', i) from generate_series(1, 400) i \\gexec",
  );
});
afterAll(async () => project?.[Symbol.asyncDispose]());

it("a database of more tables and indexes than its server has room for locks is backed up, and proven", async () => {
  await using backups = await backupsOf(project);
  const manifest = await backups.take();
  expect(manifest.fingerprint?.tables.filter(({ name }) => name.startsWith("public.many_"))).toHaveLength(400);
  // 10 for each of 20 connections.
  expect(manifest.server.locks).toBe(200);
  const verified = await verifyBackup(backups.ports, { id: manifest.id });
  expect(verified.verified.at(-1)?.level).toBe("compared");
});
