import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Memo } from "@sluice/compose";
import { isAnothers } from "@sluice/core/node";

const keptAnswers = 64;

/**
 * A memo of small files, one for each key, the newest 64 kept. What is lost is asked again, so nothing is synced.
 *
 * @param directory asked for when it is first needed; made when it is not there
 */
export function createFileMemo(directory: () => Promise<string>): Memo {
  return {
    async get(key) {
      return readFile(join(await directory(), key), "utf8");
    },
    async set(key, value) {
      const dir = await directory();
      if (isAnothers(dirname(dir))) return;
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const temporary = join(dir, `.tmp-${randomBytes(6).toString("hex")}`);
      await writeFile(temporary, value, { mode: 0o600 });
      await rename(temporary, join(dir, key));
      await forgetOldest(dir);
    },
  };
}

async function forgetOldest(dir: string): Promise<void> {
  const names = await readdir(dir);
  if (names.length <= keptAnswers) return;
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(dir, name)).catch(() => null))?.mtimeMs ?? 0 })),
  );
  const old = dated.toSorted((a, b) => b.at - a.at).slice(keptAnswers);
  await Promise.all(old.map(({ name }) => rm(join(dir, name), { force: true })));
}
