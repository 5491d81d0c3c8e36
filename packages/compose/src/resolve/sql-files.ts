import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Finding } from "@sluice/core";

/** What dbmate takes for a migration. */
export const sqlFileName = /^\d+.*\.sql$/;

/**
 * Why dbmate would end with an error: no such directory, none of its files in it, one that does not say where it begins, or
 * one that no release can hold. Going back and looking need none of them, so it refuses a deployment only.
 *
 * @param directory of the SQL files, absolute
 * @param base what paths in messages start from
 * @param service whose migration it is
 * @see https://github.com/amacneil/dbmate#creating-migrations
 */
export async function sqlFileFindings(directory: string, base: string, service: string): Promise<readonly Finding[]> {
  const shown = relative(base, directory);
  const finding = (message: string): Finding => ({
    severity: "error",
    code: "migration-files",
    message,
    hint,
    service,
  });
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const files = entries.filter((entry) => sqlFileName.test(entry.name) && !entry.isDirectory());
    if (files.length === 0) return [finding(`${shown} has no file that begins with a number and ends with .sql`)];
    const wrong = await Promise.all(
      files.map(async (file) => {
        const path = join(shown, file.name);
        if (!file.isFile()) return finding(`${path} is no file of its own: a release holds no more than the link`);
        const text = await readFile(join(directory, file.name), "utf8").catch((error: NodeJS.ErrnoException) => error);
        if (typeof text !== "string") return finding(`${path} cannot be read: ${reasonOf(text)}`);
        if (/^--\s*migrate:up(?:\s|$)/m.test(text)) return null;
        return finding(`${path} has no line "-- migrate:up", after which its statements would begin`);
      }),
    );
    return wrong.filter((one) => one !== null);
  } catch (error) {
    return [finding(`${shown} cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}`)];
  }
}

const hint =
  'database.migrate.sql.directory: expected files such as 20261127093000_add_note.sql, each with the line "-- migrate:up" and its statements below';

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return code === "ENOENT" ? "it is not there" : code === "EACCES" ? "no right to it" : message;
}
