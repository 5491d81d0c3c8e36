import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock as clock } from "@sluice/core/node";
import { type FakeGithub, githubFaults, startFakeGithub } from "@sluice/testing/github";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGithub } from "../../src/github/github.ts";
import { createReleaseDesk, type ReleaseDesk } from "../../src/github/release-desk.ts";

let server: FakeGithub;
let directory = "";
let desk: ReleaseDesk;
/** Of the checkout. */
let head = "";
const old = "1".repeat(40);

const git = (...args: readonly string[]) =>
  execFileSync("git", ["-C", directory, ...args], { encoding: "utf8" }).trim();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-desk-"));
  git("init", "-q");
  git("-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-q", "--allow-empty", "-m", "feat: carts");
  head = git("rev-parse", "HEAD");
  server = await startFakeGithub();
  server.commit(old, ["main", "v1.0.0"]);
  server.commit(head, ["main"], { message: "feat: carts" });
  desk = createReleaseDesk(
    createGithub({ clock, repository: server.repository, token: server.token, apiUrl: server.url }),
    directory,
  );
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
  server.assertDescribed();
});

describe("a release that is made", () => {
  it("is of the commit that is checked out, and says what came since the last", async () => {
    await desk.create(await desk.draft({ tag: "v1.0.0", target: old }));
    const draft = await desk.draft({ tag: "v1.1.0" });
    expect(draft).toMatchObject({ target: head, notes: expect.stringContaining("## Features\n\n- carts") });
    expect(await desk.create(draft)).toMatchObject({ tag: "v1.1.0", isDraft: false });
    expect(await desk.show("v1.1.0")).toMatchObject({ commit: head });
  });

  it("tells the changesets of the checkout", async () => {
    await mkdir(join(directory, ".changeset"));
    await writeFile(join(directory, ".changeset", "carts.md"), "---\nshop: minor\n---\n\nCarts are kept.\n");
    await writeFile(join(directory, ".changeset", "README.md"), "---\nx: minor\n---\n\nNo changeset.\n");
    expect((await desk.draft({ tag: "v1.1.0" })).notes).toBe("- Carts are kept.\n");
  });

  it("is refused on a tag of another commit", async () => {
    await expect(desk.draft({ tag: "v1.0.0", notes: "" })).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      message: `tag v1.0.0 is commit ${old} on GitHub, not ${head}`,
    });
  });
});

describe("what is not on GitHub", () => {
  beforeEach(() => {
    git("-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-q", "--allow-empty", "-m", "fix: carts");
    head = git("rev-parse", "HEAD");
  });

  it("is not released, and has to be pushed first", async () => {
    await desk.create({ tag: "v1.0.0", target: old, notes: "" });
    const refused = {
      code: "RELEASE_REFUSED",
      message: `commit ${head} is not on GitHub`,
      hint: "push it first: git push",
    };
    await expect(desk.draft({ tag: "v1.1.0" })).rejects.toMatchObject(refused);
    await expect(desk.draft({ tag: "v1.1.0", notes: "", isDraft: true })).rejects.toMatchObject(refused);
    await expect(desk.draft({ tag: "v1.1.0", target: "feature" })).rejects.toMatchObject({
      message: "feature is not on GitHub",
    });
  });

  it("is another thing than a repository that the token may not see", async () => {
    server.fault = () => githubFaults.hidden();
    await expect(desk.draft({ tag: "v1.1.0" })).rejects.toMatchObject({ code: "GITHUB_REFUSED", status: 404 });
  });
});

it("a rollback is a new release on the commit of the one before", async () => {
  await desk.create({ tag: "v1.0.0", notes: "" });
  await desk.create({ tag: "v1.1.0", target: head, notes: "" });
  const draft = await desk.draftRollback({ reason: "orders fail", actor: "ada" });
  expect(await desk.create(draft)).toMatchObject({ tag: "v1.0.0-rollback.1", isPrerelease: false });
  expect(await desk.show("v1.0.0-rollback.1")).toMatchObject({ commit: old });
  expect((await desk.draftRollback({ to: "v1.1.0", reason: "no", actor: "ada" })).tag).toBe("v1.1.0-rollback.1");
});

it("a rollback takes no tag that another commit has, as one that a deleted release has left", async () => {
  server.commit("3".repeat(40), ["v1.0.0-rollback.1"]);
  server.commit("4".repeat(40), ["v1.0.0-rollback.2"]);
  await desk.create({ tag: "v1.0.0", target: old, notes: "" });
  await desk.create({ tag: "v1.1.0", target: head, notes: "" });
  const draft = await desk.draftRollback({ reason: "orders fail", actor: "ada" });
  expect(draft).toMatchObject({ tag: "v1.0.0-rollback.3", target: old });
  await desk.create(draft);
  expect(await desk.show(draft.tag)).toMatchObject({ commit: old });
});

it("a rollback takes no tag of an immutable release that was deleted, with its tag or without", async () => {
  server.state.usedTags.add("v1.0.0-rollback.1").add("v1.0.0-rollback.2");
  server.commit(old, ["v1.0.0-rollback.1"]);
  server.commit("3".repeat(40), ["v1.0.0-rollback.3"]);
  await desk.create({ tag: "v1.0.0", target: old, notes: "" });
  await desk.create({ tag: "v1.1.0", target: head, notes: "" });
  const draft = await desk.draftRollback({ reason: "orders fail", actor: "ada" });
  expect(await desk.create(draft)).toMatchObject({
    tag: "v1.0.0-rollback.4",
    title: "v1.0.0-rollback.4: back to v1.0.0",
  });
  expect(await desk.show("v1.0.0-rollback.4")).toMatchObject({ commit: old });
  // One that somebody chose is refused.
  await expect(desk.create({ tag: "v1.0.0-rollback.2", target: old, notes: "" })).rejects.toMatchObject({
    code: "GITHUB_REFUSED",
    message: expect.stringContaining("tag_name was used by an immutable release"),
  });
});

it("a rollback after a rollback goes back from that one, though its commit is older than others", async () => {
  const newer = "2".repeat(40);
  server.commit(newer, ["main"]);
  await desk.create({ tag: "v1.0.0", target: old, notes: "" });
  await desk.create({ tag: "v1.1.0", target: head, notes: "" });
  await desk.create({ tag: "v1.2.0", target: newer, notes: "" });
  await desk.create(await desk.draftRollback({ reason: "orders fail", actor: "ada" }));
  expect((await desk.list(2)).map(({ tag }) => tag)).toEqual(["v1.1.0-rollback.1", "v1.2.0"]);
  const again = await desk.draftRollback({ reason: "carts too", actor: "ada" });
  expect(again).toMatchObject({ tag: "v1.0.0-rollback.1", target: old });
  await desk.create({ tag: "v1.3.0", target: head, notes: "", isDraft: true });
  expect((await desk.list(1)).map(({ tag }) => tag)).toEqual(["v1.3.0"]);
});

it("a rollback goes back to a release that is named, however many came after it", async () => {
  await desk.create({ tag: "v1.0.0", target: old, notes: "" });
  await desk.create({ tag: "v1.0.0-rollback.1", target: old, notes: "" });
  server.commit("2".repeat(40), ["main"]);
  for (let n = 1; n <= 300; n++) await desk.create({ tag: `v1.1.${n}`, target: "2".repeat(40), notes: "" });
  const before = server.calls.length;
  for (const to of ["v1.0.0", "v1.0.0-rollback.1"]) {
    const draft = await desk.draftRollback({ to, reason: "orders fail", actor: "ada" });
    expect(draft).toMatchObject({ tag: "v1.0.0-rollback.2", target: old });
  }
  expect(server.calls.length - before).toBeLessThan(40);
  await expect(desk.draftRollback({ to: "v0.9.0", reason: "no", actor: "ada" })).rejects.toMatchObject({
    code: "RELEASE_UNKNOWN",
  });
});

it("a rollback after a promotion leaves the release that was promoted", async () => {
  await desk.create({ tag: "v2.0.0", target: head, notes: "", isPrerelease: true });
  await desk.create({ tag: "v1.0.0", target: old, notes: "" });
  await desk.promote("v2.0.0");
  const draft = await desk.draftRollback({ reason: "orders fail", actor: "ada" });
  expect(draft.tag).toBe("v1.0.0-rollback.1");
  expect(draft.notes).toContain("from **v2.0.0** to **v1.0.0**");
  expect(await desk.compare("v1.0.0", undefined)).toMatchObject({ to: "v2.0.0", ahead: 1 });
});

describe("a rollback to a commit whose workflows are others", () => {
  const old = ".github/workflows/deploy.yml";
  const files = (text: string) => ({ [old]: text, ".github/workflows/README.md": "no workflow" });
  const judged: unknown[][] = [];
  const judging = (reason: string | null) =>
    createReleaseDesk(
      createGithub({ clock, repository: server.repository, token: server.token, apiUrl: server.url }),
      directory,
      (...facts) => {
        judged.push(facts);
        return reason;
      },
    );
  const read = () =>
    server.calls.filter(({ path }) => path.includes("/contents/")).map(({ path }) => decodeURIComponent(path));

  beforeEach(async () => {
    judged.length = 0;
    server.commit("5".repeat(40), ["v1.0.0"], { files: files("on: release") });
    server.commit("6".repeat(40), ["v1.1.0"], { files: { ...files("on: push"), "src/a.ts": "" } });
    await desk.create({ tag: "v1.0.0", notes: "" });
    await desk.create({ tag: "v1.1.0", notes: "" });
  });

  it("is refused where a release would be deployed otherwise", async () => {
    const refused = judging(`${old} there brings Compose up by itself`);
    await expect(refused.draftRollback({ reason: "orders fail", actor: "ada" })).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      message: `a release on the commit of v1.0.0 is deployed past Sluice: ${old} there brings Compose up by itself`,
      hint: expect.stringMatching(/a commit of v1.0.0 .*sluice.yaml of v1.1.0.*sluice rollback v1.0.0$/),
    });
    expect(judged).toEqual([[[{ path: old, text: "on: release" }], [old], [{ path: old, text: "on: push" }]]]);
  });

  it("is made where nothing speaks against it, and none is asked for contents that are the same", async () => {
    await judging(null).draftRollback({ reason: "orders fail", actor: "ada" });
    server.commit("7".repeat(40), ["v1.2.0"], { files: files("on: push") });
    await desk.create({ tag: "v1.2.0", notes: "" });
    const asked = read().length;
    await judging(null).draftRollback({ reason: "carts, too", actor: "ada" });
    expect(judged.at(-1)).toEqual([[], [], []]);
    const [list] = read().slice(asked);
    expect(read().slice(asked)).toEqual([list, list]);
  });

  it("is judged by itself where the release that is left has no workflows", async () => {
    server.commit("8".repeat(40), ["v1.2.0"], { files: { "README.md": "" } });
    await desk.create({ tag: "v1.2.0", notes: "" });
    await judging(null).draftRollback({ reason: "orders fail", actor: "ada" });
    expect(judged).toEqual([[[{ path: old, text: "on: push" }], [old], []]]);
  });
});

it("a release is of its tag, whatever branch has the same name", async () => {
  await desk.create({ tag: "v1.0.0", target: old, notes: "" });
  await desk.create({ tag: "v1.1.0", target: head, notes: "" });
  await desk.show("v1.0.0");
  await desk.draftRollback({ reason: "orders fail", actor: "ada" });
  const asked = server.calls.filter(({ operation }) => operation === "repos/get-commit").map(({ path }) => path);
  expect(asked.map((path) => decodeURIComponent(path.split("/commits/")[1] ?? ""))).toEqual([
    "tags/v1.0.0",
    "tags/v1.0.0",
    "tags/v1.1.0",
    "tags/v1.0.0-rollback.1",
  ]);
});

it("a comparison is with the newest full release unless another is named", async () => {
  await expect(desk.compare("v1.0.0", undefined)).rejects.toMatchObject({ code: "RELEASE_UNKNOWN" });
  await desk.create({ tag: "v1.1.0", target: head, notes: "" });
  await desk.create({ tag: "v1.2.0", target: head, notes: "", isPrerelease: true });
  expect(await desk.compare("v1.0.0", undefined)).toMatchObject({ to: "v1.1.0", ahead: 1 });
  expect(await desk.compare("v1.0.0", "main")).toMatchObject({ to: "main", ahead: 1 });
});

it("a file goes to the release of a tag, if there is one", async () => {
  const asset = { name: "report.html", type: "text/html", content: "<p>" };
  expect(await desk.attach("v1.0.0", asset)).toBe("no-release");
  await desk.create({ tag: "v1.0.0", notes: "" });
  expect(await desk.attach("v1.0.0", asset)).toBe("attached");
});
