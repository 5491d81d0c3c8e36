import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { splitWords } from "./testing/split-words.ts";

const guide = readFileSync(join(import.meta.dirname, "../../../docs/en/production.md"), "utf8");
const commands = [...guide.matchAll(/^(?:git|gh) .*$/gm)].map(([line]) => splitWords(line));

let directory: string;
const git = async (...args: readonly string[]) => {
  const env = { PATH: process.env["PATH"], HOME: directory, GIT_CONFIG_NOSYSTEM: "1" };
  const { stdout } = await promisify(execFile)("git", args, { cwd: join(directory, "checkout"), env });
  return stdout.trim();
};
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-guide-git-"));
  const inside = { cwd: directory };
  await promisify(execFile)("git", ["init", "-q", "--bare", "origin.git"], inside);
  await promisify(execFile)("git", ["init", "-q", "checkout"], inside);
  await git("remote", "add", "origin", "../origin.git");
  const commit = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-q", "--allow-empty", "-m"];
  await git(...commit, "the stable one");
  await git("tag", "v1.3.2");
  await git(...commit, "the next one");
});
afterAll(() => rm(directory, { recursive: true }));

/** Flags of `gh release create` that the guide may use: https://cli.github.com/manual/gh_release_create */
const flagsOfRelease = {
  "generate-notes": { type: "boolean" },
  draft: { type: "boolean" },
  prerelease: { type: "boolean" },
  "verify-tag": { type: "boolean" },
  title: { type: "string" },
  notes: { type: "string" },
  target: { type: "string" },
} as const;

/** What a release is made of, and whether its tag is there to be seen by GitHub. Throws for a flag that is none. */
async function release([noun, verb, ...rest]: readonly string[]) {
  const { positionals } = parseArgs({ args: rest, options: flagsOfRelease, allowPositionals: true });
  const [tag = ""] = positionals;
  const pushed = await git("ls-remote", "--tags", "origin", tag);
  return { verb: `${noun} ${verb}`, tag, isPushed: pushed.endsWith(`refs/tags/${tag}`) };
}

it("what the guide types to git and gh makes tags on their commits, and releases of tags that are pushed", async () => {
  const released = [];
  for (const [program, ...args] of commands) {
    if (program === "git") await git(...args);
    else released.push(await release(args));
  }
  expect(released).toEqual([
    { verb: "release create", tag: "v1.4.0", isPushed: true },
    { verb: "release create", tag: "v1.3.2-rollback.1", isPushed: true },
  ]);
  expect(await git("rev-parse", "v1.3.2-rollback.1")).toBe(await git("rev-parse", "v1.3.2"));
  expect(await git("rev-parse", "v1.4.0")).toBe(await git("rev-parse", "HEAD"));
});
