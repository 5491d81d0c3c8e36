import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveRelease } from "./resolve-release.ts";

let directory = "";
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.invalid", ...args], { cwd: directory })
    .toString()
    .trim();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-release-"));
  git("init", "-q", "-b", "main");
  git("commit", "-q", "--allow-empty", "-m", "one");
  git("tag", "v1");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function eventFile(event: unknown): { GITHUB_EVENT_PATH: string } {
  const path = join(directory, ".git", "event.json");
  writeFileSync(path, JSON.stringify(event));
  return { GITHUB_EVENT_PATH: path };
}
const published = (release: object) => ({
  action: "published",
  release: { tag_name: "v1", draft: false, prerelease: false, ...release },
});

describe("which release is asked for", () => {
  it("none where a submodule is not checked out: to git that tree is clean", async () => {
    writeFileSync(join(directory, ".gitmodules"), '[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n');
    git("update-index", "--add", "--cacheinfo", `160000,${git("rev-parse", "HEAD")},lib`);
    mkdirSync(join(directory, "lib"));
    git("add", ".gitmodules");
    git("commit", "-q", "-m", "with a submodule");
    await expect(resolveRelease({ env: {}, directory })).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      message: "submodule lib is not checked out: what is built would not be what the commit names",
      hint: expect.stringMatching(/^git submodule update --init --recursive;/),
    });
    const named = await resolveRelease({ env: {}, directory, tag: "v3", isOnlyNamed: true });
    expect(named).toMatchObject({ release: { tag: "v3", dirty: false } });
  });

  it("none where a file of Git LFS is a pointer: to git that tree is clean", async () => {
    writeFileSync(join(directory, ".gitattributes"), "*.bin filter=lfs\n");
    for (const name of ["a.bin", "b.bin"]) {
      writeFileSync(join(directory, name), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    }
    git("add", ".");
    git("commit", "-q", "-m", "with files of LFS");
    await expect(resolveRelease({ env: {}, directory })).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      message:
        "a.bin and 1 more are pointers of Git LFS and not the file itself: what is built would not be what the commit names",
      hint: expect.stringMatching(/^git lfs pull;/),
    });
  });

  it("a tag given by hand wins over the event", async () => {
    const env = eventFile(published({ tag_name: "v9" }));
    expect(await resolveRelease({ env, directory, tag: "v1" })).toEqual({
      release: { tag: "v1", commit: git("rev-parse", "HEAD"), dirty: false, source: "option" },
    });
  });

  it("the event's release, when its tag is what is checked out", async () => {
    const resolved = await resolveRelease({ env: eventFile(published({})), directory });
    expect(resolved).toMatchObject({ release: { tag: "v1", source: "event" } });
  });

  it("a tag of another commit than the one that is checked out is refused", async () => {
    git("commit", "-q", "--allow-empty", "-m", "two");
    await expect(resolveRelease({ env: eventFile(published({})), directory })).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
    });
  });

  it("a tag given by hand chooses no version: one of another commit is refused, one that git does not know is a name", async () => {
    git("commit", "-q", "--allow-empty", "-m", "two");
    await expect(resolveRelease({ env: {}, directory, tag: "v1" })).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      hint: "git checkout v1; to go back to a release that is stored: sluice rollback v1",
    });
    expect(await resolveRelease({ env: {}, directory, tag: "v2" })).toMatchObject({ release: { tag: "v2" } });
    expect(await resolveRelease({ env: {}, directory, tag: "v1", isOnlyNamed: true })).toMatchObject({
      release: { tag: "v1" },
    });
  });

  it("the event is what GitHub names it", async () => {
    const env = { ...eventFile({ inputs: { release: "v1" } }), GITHUB_EVENT_NAME: "workflow_dispatch" };
    expect(await resolveRelease({ env, directory })).toMatchObject({ release: { tag: "v1", source: "event" } });
  });

  it("a draft is ignored, and says so", async () => {
    const env = eventFile(published({ draft: true }));
    expect(await resolveRelease({ env, directory })).toMatchObject({ ignored: expect.stringContaining("draft") });
  });

  it("a prerelease is refused unless it is allowed", async () => {
    const env = eventFile(published({ prerelease: true }));
    await expect(resolveRelease({ env, directory })).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
    expect(await resolveRelease({ env, directory, allowPrerelease: true })).toMatchObject({ release: { tag: "v1" } });
  });

  it("without an event, what git describe says", async () => {
    expect(await resolveRelease({ env: {}, directory })).toMatchObject({ release: { tag: "v1", source: "describe" } });
  });

  it("also one of a package or a kind", async () => {
    for (const tag of ["@shop/web@1.2.0", "release/2.0"]) {
      git("tag", "-f", "--no-sign", tag);
      expect(await resolveRelease({ env: eventFile(published({ tag_name: tag })), directory })).toMatchObject({
        release: { tag },
      });
    }
  });

  it("where git describe says what cannot be a name, one given by hand can", async () => {
    git("tag", "-d", "v1");
    git("tag", "2.0#final");
    await expect(resolveRelease({ env: {}, directory })).rejects.toMatchObject({
      code: "NAME_INVALID",
      message: expect.stringContaining('"2.0#final"'),
      hint: expect.stringContaining("--release NAME"),
    });
    expect(await resolveRelease({ env: {}, directory, tag: "2.0" })).toMatchObject({ release: { tag: "2.0" } });
  });

  it("a tag that could leave its place is refused", async () => {
    await expect(resolveRelease({ env: {}, directory, tag: "../../x" })).rejects.toMatchObject({
      code: "NAME_INVALID",
    });
    await expect(resolveRelease({ env: {}, directory, tag: "v1;rm" })).rejects.toMatchObject({ code: "NAME_INVALID" });
  });
});
