import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { assertSqlFiles } from "./sql-files.ts";

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "sql-files-"));
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function check(files: Readonly<Record<string, string>>): Promise<void> {
  const directory = join(base, "db");
  await mkdir(directory);
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  await assertSqlFiles(directory, base);
}

it("files in dbmate's form are what it expects, whatever lies beside them", async () => {
  await check({ "1_a.sql": "-- migrate:up transaction:false\nselect 1;\n", "README.md": "", "schema.sql": "create" });
  await expect(assertSqlFiles(join(base, "db"), base)).resolves.toBeUndefined();
});

it.each([
  ["none of them", { "README.md": "" }, "db has no file that begins with a number and ends with .sql"],
  [
    "one without its mark",
    { "1_a.sql": "-- migrate:up\n", "2_b.sql": "drop table t;" },
    'db/2_b.sql has no line "-- migrate:up"',
  ],
  ["one with another word", { "1_a.sql": "-- migrate:upwards\n" }, 'db/1_a.sql has no line "-- migrate:up"'],
])("%s is told before anything is touched", async (_title, files, message) => {
  await expect(check(files)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining(`database.migrate.sql.directory: ${message}`),
  });
});

it("so is a directory that is not there", async () => {
  await expect(assertSqlFiles(join(base, "nowhere"), base)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: "database.migrate.sql.directory: nowhere cannot be read: no such directory",
  });
});
