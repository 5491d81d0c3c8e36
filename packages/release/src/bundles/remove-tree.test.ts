import { execFile } from "node:child_process";
import { chmod, lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { removeTree } from "./remove-tree.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "sluice-remove-tree-"));
  await chmod(dir, 0o777);
});
afterEach(() => rm(dir, { recursive: true }));

/** A superuser may do everything: the work is done by somebody who may not. */
async function asNobody(script: string): Promise<void> {
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { cwd: "/", ...nobody });
}

it("removes directories that are read-only to their owner, and nothing that a link leads to", async () => {
  const kept = join(dir, "kept");
  await mkdir(kept);
  await writeFile(join(kept, "file"), "");
  const tree = join(dir, "tree");
  await asNobody(`
    import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
    mkdirSync(${JSON.stringify(join(tree, "certificates", "old"))}, { recursive: true });
    writeFileSync(${JSON.stringify(join(tree, "certificates", "old", "key"))}, "");
    symlinkSync(${JSON.stringify(kept)}, ${JSON.stringify(join(tree, "certificates", "link"))});
    for (const name of ["certificates/old", "certificates"]) chmodSync(${JSON.stringify(tree)} + "/" + name, 0o500);
  `);
  const source = stripTypeScriptTypes(await readFile(join(import.meta.dirname, "remove-tree.ts"), "utf8"));
  await asNobody(`${source}\nawait removeTree(${JSON.stringify(tree)});`);
  await expect(lstat(tree)).rejects.toMatchObject({ code: "ENOENT" });
  expect((await lstat(join(kept, "file"))).isFile()).toBe(true);
});

it("does nothing where there is nothing, and takes a link for itself", async () => {
  await removeTree(join(dir, "none"));
  await symlink(dir, join(dir, "link"));
  await removeTree(join(dir, "link"));
  expect((await lstat(dir)).isDirectory()).toBe(true);
});
