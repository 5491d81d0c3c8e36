import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { checkoutWrites } from "./checkout-writes.ts";
import { isTracked } from "./is-tracked.ts";

async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-tracked-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const aWrite = (source: string) => ({ service: "web", source, target: "/data" });

/** With both files in it, one of which git has. */
async function aRepository(tracked: string): Promise<string> {
  const directory = await aDirectory();
  for (const name of ["ours", "theirs"]) await writeFile(join(directory, name), "");
  execFileSync("git", ["init", "--quiet"], { cwd: directory });
  execFileSync("git", ["add", tracked], { cwd: directory });
  return directory;
}

it("git has what the repository of the directory has, whichever one the environment names", async () => {
  const [one, other] = [await aRepository("ours"), await aRepository("theirs")];
  vi.stubEnv("GIT_DIR", join(other, ".git"));
  vi.stubEnv("GIT_WORK_TREE", one);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect([await isTracked(join(one, "ours")), await isTracked(join(one, "theirs"))]).toEqual([true, false]);
  const writes = ["ours", "theirs"].map(aWrite);
  expect(await checkoutWrites(writes, one)).toEqual([aWrite("theirs")]);
});

it("without a repository nobody knows what git has, and what is written to counts as had where it is there", async () => {
  const directory = await aDirectory();
  await writeFile(join(directory, "ours"), "");
  expect(await isTracked(join(directory, "ours"))).toBeNull();
  const writes = ["ours", "theirs"].map(aWrite);
  expect(await checkoutWrites(writes, directory)).toEqual([aWrite("theirs")]);
});

it("a git that does not say all is none", async () => {
  const [directory, bin] = [await aRepository("ours"), await aDirectory()];
  await writeFile(join(bin, "git"), "#!/bin/sh\nkill -TERM $$\n", { mode: 0o755 });
  vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await isTracked(join(directory, "ours"))).toBeNull();
  await expect(isTracked(join(directory, "ours"), AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
});
