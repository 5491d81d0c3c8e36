import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sqlFileFindings } from "./sql-files.ts";

let base: string;
let directory: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "sql-files-"));
  directory = join(base, "db");
  await mkdir(directory);
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function found(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const findings = await sqlFileFindings(directory, base, "web-migrate");
  for (const finding of findings) {
    expect(finding).toMatchObject({ severity: "error", code: "migration-files", service: "web-migrate" });
  }
  return findings.map(({ message }) => message);
}

it("files in dbmate's form are what it expects, whatever lies beside them", async () => {
  await mkdir(join(directory, "1_old.sql"));
  const up = "-- migrate:up transaction:false\nselect 1;\n";
  expect(await found({ "1_a.sql": up, "README.md": "", "schema.sql": "create" })).toEqual([]);
});

it.each([
  ["none of them", { "README.md": "" }, ["db has no file that begins with a number and ends with .sql"]],
  [
    "one without its mark",
    { "1_a.sql": "-- migrate:up\n", "2_b.sql": "drop table t;" },
    ['db/2_b.sql has no line "-- migrate:up", after which its statements would begin'],
  ],
  [
    "one with another word",
    { "1_a.sql": "-- migrate:upwards\n" },
    ['db/1_a.sql has no line "-- migrate:up", after which its statements would begin'],
  ],
])("%s is told before anything is touched", async (_title, files, messages) => {
  expect(await found(files)).toEqual(messages);
});

it("so is a link, of which a release would hold no more, and a directory that is not there", async () => {
  await writeFile(join(base, "shared.sql"), "-- migrate:up\n");
  await symlink("../shared.sql", join(directory, "1_a.sql"));
  expect(await found({})).toEqual(["db/1_a.sql is no file of its own: a release holds no more than the link"]);
  const nowhere = await sqlFileFindings(join(base, "nowhere"), base, "web-migrate");
  expect(nowhere).toMatchObject([{ message: "nowhere cannot be read: it is not there" }]);
});

it.skipIf(process.getuid?.() === 0)("so is a file that may not be read (root may read every file)", async () => {
  await writeFile(join(directory, "1_a.sql"), "-- migrate:up\n");
  await chmod(join(directory, "1_a.sql"), 0);
  expect(await found({})).toEqual(["db/1_a.sql cannot be read: no right to it"]);
});
