import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { assertTagIsCheckout } from "./assert-tag-is-checkout.ts";
import { assertUnchanged } from "./assert-unchanged.ts";
import { describeCheckout } from "./describe-checkout.ts";
import { isShallow } from "./is-shallow.ts";

const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgSign=false"];

async function aRepository() {
  const directory = await temporaryDirectory();
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", directory, ...identity, ...args], { encoding: "utf8" }).trim();
  const commit = async (text: string) => {
    await writeFile(join(directory, "file"), text);
    git("add", ".");
    git("commit", "-q", "-m", text);
    return git("rev-parse", "HEAD");
  };
  git("init", "-q", "-b", "main");
  return { directory, git, commit };
}

it("describes a clean tree by its tags", async () => {
  const { directory, git, commit } = await aRepository();
  const head = await commit("one");
  git("tag", "v1.0.0");
  git("tag", "-a", "-m", "annotated", "also");
  expect(await describeCheckout(directory)).toMatchObject({
    commit: head,
    dirty: false,
    tagsAtHead: ["also", "v1.0.0"],
  });
  const second = await commit("two");
  const described = await describeCheckout(directory);
  expect(described).toMatchObject({ commit: second, tagsAtHead: [] });
  expect(described.describe).toMatch(/^(also|v1\.0\.0)-1-g[0-9a-f]+$/);
});

it("describes a tree without tags by its commit, also from below", async () => {
  const { directory, commit } = await aRepository();
  const head = await commit("one");
  await mkdir(join(directory, "deep", "er"), { recursive: true });
  const { describe: description, commit: found } = await describeCheckout(join(directory, "deep", "er"));
  expect(found).toBe(head);
  expect(head.startsWith(description ?? "?")).toBe(true);
});

it("a changed, a staged and an untracked file make it dirty, an ignored one does not", async () => {
  const { directory, git, commit } = await aRepository();
  await writeFile(join(directory, ".gitignore"), "ignored\n");
  await commit("one");
  git("tag", "v1");
  await writeFile(join(directory, "ignored"), "");
  expect(await describeCheckout(directory)).toMatchObject({ dirty: false, describe: "v1" });
  await writeFile(join(directory, "new"), "");
  expect(await describeCheckout(directory)).toMatchObject({ dirty: true, describe: "v1-dirty" });
  await writeFile(join(directory, "file"), "changed, too");
  git("mv", ".gitignore", "moved away");
  const { changes } = await describeCheckout(directory);
  expect(changes.toSorted()).toEqual(["file", "ignored", "moved away", "new"]);
  git("reset", "-q", "--hard");
  git("add", "new");
  expect(await describeCheckout(directory)).toMatchObject({ dirty: true });
  git("reset", "-q", "--hard");
  expect(await describeCheckout(directory)).toMatchObject({ dirty: false });
  await writeFile(join(directory, "file"), "changed");
  expect(await describeCheckout(directory)).toMatchObject({ dirty: true });
});

it("outside a repository nothing names the tree", async () => {
  const nothing = {
    commit: null,
    dirty: true,
    changes: [],
    describe: null,
    tagsAtHead: [],
    missingSubmodules: [],
    lfsPointers: [],
  };
  expect(await describeCheckout(await temporaryDirectory())).toEqual(nothing);
});

it("a repository that git cannot read is no tree without one", async () => {
  const { directory } = await aRepository();
  await expect(describeCheckout(directory)).rejects.toMatchObject({
    code: "RELEASE_REFUSED",
    hint: expect.stringContaining("no commit yet"),
  });
});

it("without git a repository is not blamed", async () => {
  const { directory, commit } = await aRepository();
  await commit("one");
  vi.stubEnv("PATH", directory);
  const described = describeCheckout(directory).finally(() => vi.unstubAllEnvs());
  await expect(described).rejects.toMatchObject({
    code: "RELEASE_REFUSED",
    message: `the git repository of ${directory} cannot be read: git is not installed`,
    hint: expect.stringMatching(/^install git/),
  });
});

it("reads the repository of the directory, whatever git of the environment is about", async () => {
  const [one, other] = [await aRepository(), await aRepository()];
  const head = await one.commit("one");
  await other.commit("other");
  const elsewhere = {
    GIT_DIR: join(other.directory, ".git"),
    GIT_WORK_TREE: other.directory,
    GIT_COMMON_DIR: join(other.directory, ".git"),
    GIT_INDEX_FILE: join(other.directory, ".git", "index"),
    GIT_OBJECT_DIRECTORY: join(other.directory, ".git", "objects"),
    GIT_PREFIX: "deep/",
  };
  for (const [name, value] of Object.entries(elsewhere)) vi.stubEnv(name, value);
  const described = describeCheckout(one.directory).finally(() => vi.unstubAllEnvs());
  expect(await described).toMatchObject({ commit: head, dirty: false });
});

it("reads the repository that the environment names for a work tree that is in none", async () => {
  const { directory, commit } = await aRepository();
  const head = await commit("one");
  const tree = await temporaryDirectory();
  for (const name of (await readdir(directory)).filter((one) => one !== ".git"))
    await cp(join(directory, name), join(tree, name), { recursive: true });
  vi.stubEnv("GIT_DIR", join(directory, ".git"));
  vi.stubEnv("GIT_WORK_TREE", tree);
  const described = describeCheckout(tree).finally(() => vi.unstubAllEnvs());
  expect(await described).toMatchObject({ commit: head, dirty: false });
});

it.each([
  ["git was ended by SIGTERM", "#!/bin/sh\nkill -TERM $$\n", 0o755],
  ["git cannot be started (EACCES)", "no program", 0o644],
])("a git that does not say all is no git that says nothing: %s", async (reason, program, mode) => {
  const { directory, commit } = await aRepository();
  const head = await commit("one");
  const bin = await temporaryDirectory();
  await writeFile(join(bin, "git"), program, { mode });
  const refused = {
    code: "RELEASE_REFUSED",
    message: `the git repository of ${directory} cannot be read: ${reason}`,
  };
  vi.stubEnv("PATH", bin);
  try {
    await expect(describeCheckout(directory)).rejects.toMatchObject(refused);
    await expect(assertUnchanged(directory, { tag: "v1", commit: head, dirty: false })).rejects.toMatchObject(refused);
  } finally {
    vi.unstubAllEnvs();
  }
});

it("stops when its signal aborts", async () => {
  const { directory, commit } = await aRepository();
  await commit("one");
  const reason = new Error("cancelled");
  await expect(describeCheckout(directory, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

it("a tag must be what is checked out: lightweight or annotated", async () => {
  const { directory, git, commit } = await aRepository();
  const first = await commit("one");
  git("tag", "v1");
  const second = await commit("two");
  git("tag", "-a", "-m", "annotated", "v2");
  await assertTagIsCheckout("v2", directory);
  await expect(assertTagIsCheckout("v1", directory)).rejects.toMatchObject({
    code: "RELEASE_REFUSED",
    message: `tag v1 is commit ${first}, but ${second} is checked out in ${directory}`,
  });
  await expect(assertTagIsCheckout("v3", directory)).rejects.toMatchObject({
    code: "RELEASE_REFUSED",
    hint: expect.stringContaining("fetch-tags"),
  });
  git("branch", "v4");
  await expect(assertTagIsCheckout("v4", directory)).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
});

it("a tag is nothing without a checkout, and no option of git", async () => {
  const directory = await temporaryDirectory();
  await expect(assertTagIsCheckout("v1", directory)).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
  await expect(assertTagIsCheckout("--output=/x", directory)).rejects.toMatchObject({ code: "NAME_INVALID" });
});

it("a shallow clone is known as one, also from below and in a worktree", async () => {
  const { directory, git, commit } = await aRepository();
  await commit("one");
  await commit("two");
  const parent = await temporaryDirectory();
  const [clone, worktree] = [join(parent, "clone"), join(parent, "worktree")];
  git("clone", "-q", "--depth", "1", `file://${directory}`, clone);
  execFileSync("git", ["-C", clone, "worktree", "add", "-q", "--detach", worktree]);
  await mkdir(join(clone, "deep", "er"), { recursive: true });
  for (const path of [clone, join(clone, "deep", "er"), worktree]) expect(await isShallow(path)).toBe(true);
  for (const path of [directory, parent]) expect(await isShallow(path)).toBe(false);
});

it("a submodule that is not checked out is named, unless it is left out on purpose", async () => {
  const library = await aRepository();
  await library.commit("library");
  const { directory, git } = await aRepository();
  git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.directory, "libs/a b");
  git("commit", "-q", "-m", "with it");
  const missing = async () => (await describeCheckout(join(directory, "libs"))).missingSubmodules;
  expect(await missing()).toEqual([]);
  await rm(join(directory, "libs/a b"), { recursive: true });
  await mkdir(join(directory, "libs/a b"));
  expect(await missing()).toEqual(["libs/a b"]);
  expect(await describeCheckout(directory)).toMatchObject({ dirty: false });
  git("config", "submodule.libs/a b.update", "none");
  expect(await missing()).toEqual([]);
  git("config", "--unset", "submodule.libs/a b.update");
  git("config", "--file", ".gitmodules", "submodule.libs/a b.update", "none");
  expect(await missing()).toEqual([]);
});

it("a file of Git LFS that is a pointer is named, unless it is left out on purpose", async () => {
  const { directory, git, commit } = await aRepository();
  const write = async (path: string, text: string) => {
    await mkdir(join(directory, path, ".."), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12\n`;
  await write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
  await write("web/a b.bin", pointer);
  await write("docs/b.bin", pointer);
  await write("whole.bin", "hello");
  await write("about-lfs.txt", pointer);
  git("add", ".");
  await commit("with files of LFS");
  const pointers = async () => (await describeCheckout(join(directory, "docs"))).lfsPointers;
  expect(await pointers()).toEqual(["docs/b.bin", "web/a b.bin"]);
  expect(await describeCheckout(directory)).toMatchObject({ dirty: false });
  await write(".lfsconfig", "[lfs]\n\tfetchexclude = /docs, other\n");
  expect(await pointers()).toEqual(["web/a b.bin"]);
  git("config", "lfs.fetchexclude", "*.bin");
  expect(await pointers()).toEqual([]);
  git("config", "lfs.fetchexclude", "");
  git("config", "lfs.fetchinclude", "docs");
  expect(await pointers()).toEqual(["docs/b.bin"]);
});

it("a tree that is of another commit, or has changes, is not what it was read as", async () => {
  const { directory, git, commit } = await aRepository();
  const first = await commit("one");
  const read = { tag: "v1", commit: first, dirty: false };
  await assertUnchanged(directory, read);
  await writeFile(join(directory, "new"), "");
  await expect(assertUnchanged(directory, read)).rejects.toMatchObject({
    code: "RELEASE_REFUSED",
    message: `${directory} was changed since v1 was read from it: new`,
  });
  // It was changed already then.
  await assertUnchanged(directory, { ...read, dirty: true });
  const second = await commit("two");
  for (const dirty of [true, false]) {
    await expect(assertUnchanged(directory, { ...read, dirty })).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      message: `v1 was read from commit ${first} in ${directory}, where ${second} is checked out now`,
    });
  }
  git("checkout", "-q", first);
  await assertUnchanged(directory, read);
});

it("a directory without a commit, of which git knows nothing, or where there is no git, is held against nothing", async () => {
  const directory = await temporaryDirectory();
  await assertUnchanged(directory, { tag: "v1", commit: null, dirty: true });
  await assertUnchanged(directory, { tag: "v1", commit: "c".repeat(40), dirty: false });
  vi.stubEnv("PATH", directory);
  await assertUnchanged(directory, { tag: "v1", commit: "c".repeat(40), dirty: false });
  vi.unstubAllEnvs();
});
