import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { SluiceError } from "@sluice/core";

/**
 * Whether dbmate would find what it runs: it ends with an error in a directory without such files, and in a file that does not
 * say where it begins.
 *
 * @param directory of the SQL files, absolute
 * @param base what paths in messages start from
 * @throws SluiceError CONFIG_INVALID
 * @see https://github.com/amacneil/dbmate#creating-migrations
 */
export async function assertSqlFiles(directory: string, base: string): Promise<void> {
  const shown = relative(base, directory);
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    throw invalid(`${shown} cannot be read: ${error.code === "ENOENT" ? "no such directory" : error.message}`);
  });
  const files = names.filter((name) => /^\d+.*\.sql$/.test(name)).toSorted();
  if (files.length === 0) throw invalid(`${shown} has no file that begins with a number and ends with .sql`);
  await Promise.all(
    files.map(async (name) => {
      const text = await readFile(join(directory, name), "utf8");
      if (/^--\s*migrate:up(?:\s|$)/m.test(text)) return;
      throw invalid(`${join(shown, name)} has no line "-- migrate:up", after which its statements would begin`);
    }),
  );
}

function invalid(problem: string): SluiceError {
  return new SluiceError("CONFIG_INVALID", `database.migrate.sql.directory: ${problem}`, {
    hint: 'expected files such as 20261127093000_add_note.sql, each with the line "-- migrate:up" and its statements below',
  });
}
