import { highestLevel, verifyBackup } from "@sluice/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Backups, backupsOf } from "./support/backups.ts";
import { type Project, startProject } from "./support/postgres.ts";

let project: Project;
const made: Backups[] = [];
beforeAll(async () => {
  project = await startProject("dbproven");
});
afterAll(async () => {
  for (const one of made) await one[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

async function proven(over: Parameters<typeof backupsOf>[1] = {}) {
  const backups = await backupsOf(project, over);
  made.push(backups);
  const { id } = await backups.take();
  return verifyBackup(backups.ports, { id });
}

it("an index that could not be built concurrently is no part of a dump, and none is missed", async () => {
  await project.sql("create table twice (id int); insert into twice values (1), (1)");
  await expect(project.sql("create unique index concurrently on twice (id)")).rejects.toThrow("could not create");
  expect(await project.sql("select count(*) from pg_index where not indisvalid")).toBe("1");
  expect(highestLevel(await proven())).toBe("compared");
});

it("a table whose parents got columns later has them in another order when it is restored, and the same content", async () => {
  await project.sql(`
    create table grand (id int, note text);
    create table parent (own text) inherits (grand);
    create table other (id int, "b ""c" text);
    create table child (mine text, primary key (id)) inherits (parent, other);
    alter table grand add later text default 'later';
    alter table other add "too late" int default 7;
    alter table child drop column mine;
    alter table child add mine int default 3;
    insert into grand values (0, 'g');
    insert into parent values (1, 'p', 'own');
    insert into child select i, 'it''s, "' || i, null, 'b' from generate_series(2, 300) i;`);
  const { fingerprint, ...manifest } = await proven();
  expect(highestLevel(manifest)).toBe("compared");
  expect(fingerprint?.tables.find(({ name }) => name === "public.child")).toMatchObject({ rows: 299, sampled: false });
  const sampled = await proven({ sampleAboveBytes: 0 });
  expect(highestLevel(sampled)).toBe("compared");
  expect(sampled.fingerprint?.tables.find(({ name }) => name === "public.child")).toMatchObject({ sampled: true });
});

it("a user who may only read takes backups that are proven, of the roles as they are", async () => {
  await project.sql(`
    create role app login nosuperuser;
    grant pg_read_all_data to app;
    do $$ declare object oid; begin
      for object in select oid from pg_largeobject_metadata loop execute format('grant select on large object %s to app', object); end loop;
    end $$;`);
  const manifest = await proven({ user: "app" });
  expect(manifest.globals).not.toBeNull();
  expect(highestLevel(manifest)).toBe("compared");
});
