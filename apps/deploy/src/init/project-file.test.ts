import { lstat, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeProjectFile } from "./project-file.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-project-file-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it("a file of the project comes with the directories above it", async () => {
  const path = join(directory, ".github", "workflows", "deploy.yml");
  await writeProjectFile(path, "deploy.yml", "on: release\n");
  expect(await readFile(path, "utf8")).toBe("on: release\n");
});

it("a configuration that is a link stays one, and what it leads to is written", async () => {
  const [shared, link] = [join(directory, "shared.yaml"), join(directory, "sluice.yaml")];
  await writeFile(shared, "services: {}\n");
  await symlink(shared, link);
  await writeProjectFile(link, "sluice.yaml", "services:\n  web: {}\n");
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await readFile(shared, "utf8")).toBe("services:\n  web: {}\n");
});

it("a directory that cannot be made is said with the file that was to be in it", async () => {
  await writeFile(join(directory, "taken"), "");
  await expect(writeProjectFile(join(directory, "taken", "a", "b.yml"), "a/b.yml", "")).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("a/b.yml cannot be written") as string,
  });
});
