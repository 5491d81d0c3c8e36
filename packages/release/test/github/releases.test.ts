import { systemClock as clock } from "@sluice/core/node";
import { type FakeGithub, githubFaults, startFakeGithub } from "@sluice/testing/github";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { releaseObjections } from "../../src/github/check-release.ts";
import { compareReleases } from "../../src/github/compare-releases.ts";
import { createGithub } from "../../src/github/github.ts";
import { readApprovals } from "../../src/github/read-approvals.ts";
import { releaseNotes } from "../../src/github/release-notes.ts";
import { createGithubReleases } from "../../src/github/releases.ts";

const commit = (digit: string) => digit.repeat(40);
let server: FakeGithub;
beforeEach(async () => {
  server = await startFakeGithub();
  server.commit(commit("1"), ["main", "v1.0.0"]);
  server.commit(commit("2"), ["main"], {
    message: "feat(shop): carts are kept\n\nLonger.",
    pulls: [
      {
        number: 7,
        title: "Keep carts",
        author: "ada",
        reviews: [
          { by: "grace", state: "APPROVED" },
          { by: "alan", state: "APPROVED" },
          { by: "alan", state: "CHANGES_REQUESTED" },
          { by: "grace", state: "COMMENTED" },
        ],
      },
    ],
  });
  server.commit(commit("3"), ["main", "v1.1.0"], { message: "fix!: prices are net, @everybody" });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  server.assertDescribed();
});
const client = () => createGithub({ clock, repository: server.repository, token: server.token, apiUrl: server.url });
const releases = () => createGithubReleases(client());

describe("releases", () => {
  it("are made, listed newest first, and found by their tag, drafts too", async () => {
    await releases().create({ tag: "v1.0.0", notes: "First." });
    await releases().create({ tag: "v1.1.0", notes: "More.", title: "Carts", isPrerelease: true });
    await releases().create({ tag: "v1.2.0", notes: "Soon.", target: "main", isDraft: true });
    expect((await releases().list(2)).map(({ tag }) => tag)).toEqual(["v1.2.0", "v1.1.0"]);
    expect(await releases().get("v1.1.0")).toMatchObject({ title: "Carts", isPrerelease: true, isDraft: false });
    expect(await releases().get("v1.2.0")).toMatchObject({ isDraft: true, publishedAt: null });
    await expect(releases().get("v9")).rejects.toMatchObject({ code: "RELEASE_UNKNOWN" });
  });

  it("are read over many pages", async () => {
    for (let n = 0; n < 130; n++) await releases().create({ tag: `v0.0.${n}`, notes: "" });
    expect(await releases().list(120)).toHaveLength(120);
    expect(await releases().list(500)).toHaveLength(130);
  });

  it("are not made twice: neither on one tag, nor where the answer is lost", async () => {
    server.fault = ({ method }) => (method === "POST" ? "lost" : undefined);
    expect(await releases().create({ tag: "v1.0.0", notes: "First." })).toMatchObject({ tag: "v1.0.0" });
    server.fault = undefined;
    await expect(releases().create({ tag: "v1.0.0", notes: "Again." })).rejects.toMatchObject({
      code: "GITHUB_REFUSED",
      status: 422,
    });
    expect(server.state.releases).toHaveLength(1);
  });

  it("that could not be made are no success", async () => {
    server.fault = ({ method }) => (method === "POST" ? githubFaults.broken() : undefined);
    await expect(releases().create({ tag: "v1.0.0", notes: "" })).rejects.toMatchObject({ code: "GITHUB_UNREACHABLE" });
  });

  it("become full ones", async () => {
    await releases().create({ tag: "v1.1.0", notes: "", isPrerelease: true });
    expect(await releases().promote("v1.1.0")).toMatchObject({ isPrerelease: false, isDraft: false });
  });

  it("get their tag when they are published", async () => {
    await releases().create({ tag: "v1.2.0", notes: "", isDraft: true, target: commit("2") });
    expect(server.state.refs.has("v1.2.0")).toBe(false);
    await releases().promote("v1.2.0");
    expect(server.state.refs.get("v1.2.0")).toBe(commit("2"));
  });

  it("get a file once", async () => {
    const release = await releases().create({ tag: "v1.0.0", notes: "" });
    const asset = { name: "report.html", type: "text/html", content: "<p>ü</p>" };
    expect(await releases().attach(release, asset)).toBe("attached");
    expect(await releases().attach(release, asset)).toBe("there");
    expect((await releases().get("v1.0.0")).assets).toEqual([{ name: "report.html", bytes: 9 }]);
  });

  it("get none where GitHub keeps them as they were published", async () => {
    server.state.keepsReleases = true;
    const release = await releases().create({ tag: "v1.0.0", notes: "" });
    const asset = { name: "report.html", type: "text/html", content: "<p>" };
    expect(release.isImmutable).toBe(true);
    expect(await releases().attach(release, asset)).toBe("immutable");
    expect(server.calls.map(({ operation }) => operation)).toEqual(["repos/create-release"]);
    // A server that does not say so says it then.
    expect(await releases().attach({ ...release, isImmutable: false }, asset)).toBe("immutable");
    expect(server.state.releases).toMatchObject([{ assets: [] }]);
  });

  it.each(["starter", "open"])("get a file in the place of one that an upload left %s", async (state) => {
    const release = await releases().create({ tag: "v1.0.0", notes: "" });
    const asset = { name: "report.html", type: "text/html", content: "<p>ü</p>" };
    await releases().attach(release, { ...asset, name: "other.html" });
    await releases().attach(release, asset);
    const left = server.state.releases[0]?.["assets"] as { state: string; size: number }[];
    Object.assign(left[1] ?? {}, { state, size: 0 });
    expect(await releases().attach(release, asset)).toBe("attached");
    expect(server.state.releases[0]?.["assets"]).toMatchObject([
      { name: "other.html", state: "uploaded" },
      { name: "report.html", state: "uploaded", size: 9 },
    ]);
  });
});

describe("a comparison", () => {
  it("tells commits, pull requests, and who approved them at last", async () => {
    expect(await compareReleases(client(), "v1.0.0", "v1.1.0")).toMatchObject({
      ahead: 2,
      behind: 0,
      commits: [
        { commit: commit("2"), subject: "feat(shop): carts are kept" },
        { commit: commit("3"), subject: "fix!: prices are net, @everybody" },
      ],
      pulls: [{ number: 7, title: "Keep carts", author: "ada", approvedBy: ["grace"] }],
    });
    expect(await compareReleases(client(), "v1.1.0", "v1.0.0")).toMatchObject({ ahead: 0, behind: 2, commits: [] });
    await expect(compareReleases(client(), "v1.0.0", "gone")).rejects.toMatchObject({ status: 404 });
  });

  it("asks of every commit what brought it, up to 300, and says how many it did not ask for", async () => {
    const id = (n: number) => n.toString(16).padStart(40, "0");
    server.commit(id(0), ["main", "v2.0.0"]);
    const pulls = [{ number: 8, title: "All", author: "ada", reviews: [{ by: "grace", state: "APPROVED" }] }];
    server.commit(id(1), ["main"]);
    for (let n = 2; n <= 300; n++) server.commit(id(n), ["main"], n === 260 ? {} : { pulls });
    server.commit(id(301), ["main"]);
    const many = await compareReleases(client(), "v2.0.0", "main");
    expect(many).toMatchObject({ ahead: 301, pulls: [{ number: 8, approvedBy: ["grace"] }], unasked: 1 });
    expect(many.direct).toEqual([id(1), id(260)]);
    expect(many.commits).toHaveLength(300);
    expect(server.calls.filter(({ operation }) => operation === "pulls/list-reviews")).toHaveLength(1);
  });

  it("makes notes", async () => {
    const comparison = await compareReleases(client(), "v1.0.0", "v1.1.0");
    expect(releaseNotes(comparison, [])).toBe(`## Breaking changes

- prices are net, @\u200beverybody

## Features

- carts are kept

## Pull requests

- Keep carts (#7) by ada, approved by grace

[All changes since v1.0.0](https://github.example/acme/shop/compare/v1.0.0...v1.1.0)
`);
    const changesets = [{ packages: { shop: "minor" } as const, summary: "Carts are kept.\nFor a week." }];
    expect(releaseNotes(comparison, changesets)).toContain("## Changes\n\n- Carts are kept.\n  For a week.\n");
    expect(releaseNotes(null, [])).toBe("First release.\n");
  });
});

it("who approved what goes live is known", async () => {
  server.state.runReviews.push({ run: 7, by: "grace", state: "approved", comment: "go" });
  const about = { commit: commit("3"), previous: commit("1"), run: "7" };
  expect(await readApprovals(client(), about)).toEqual({
    environment: [{ by: "grace", state: "approved", comment: "go", environments: ["production"] }],
    direct: [commit("3")],
    unasked: 0,
    pulls: [{ number: 7, title: "Keep carts", author: "ada", approvedBy: ["grace"] }],
  });
  server.state.readers.add("grace");
  expect(await readApprovals(client(), about)).toMatchObject({ pulls: [{ number: 7, approvedBy: [] }] });
  server.state.readers.clear();
  expect(await readApprovals(client(), { commit: commit("2"), previous: undefined, run: undefined })).toMatchObject({
    environment: [],
    pulls: [{ number: 7 }],
    direct: [],
    unasked: 0,
  });
});

it("who approved what goes live is known by its reviewers alone where GitHub cannot compare it with what serves", async () => {
  server.state.runReviews.push({ run: 7, by: "grace", state: "approved", comment: "go" });
  const about = { commit: commit("3"), previous: commit("f"), run: "7" };
  const environment = [{ by: "grace", state: "approved", comment: "go", environments: ["production"] }];
  const reviewersAlone = { environment, pulls: [], direct: [], unasked: 0, incomparable: commit("f") };
  expect(await readApprovals(client(), about)).toEqual(reviewersAlone);
  // Nor of histories that have nothing in common, though both are there.
  server.commit(commit("f"), ["old"], { parent: null });
  expect(await readApprovals(client(), about)).toEqual(reviewersAlone);
  // It is another thing where the release itself is not there, or nothing is to be seen with this token.
  await expect(readApprovals(client(), { ...about, commit: commit("e") })).rejects.toMatchObject({ status: 422 });
  server.fault = ({ operation }) => (operation.startsWith("repos/") ? githubFaults.hidden() : undefined);
  await expect(readApprovals(client(), about)).rejects.toMatchObject({
    status: 404,
    hint: expect.stringContaining("hidden from this token"),
  });
});

describe("a commit that is to be deployed", () => {
  const all = { defaultBranch: true, checks: true, signature: true };
  const objections = (id: string, ownRun?: string) => releaseObjections(client(), commit(id), all, { ownRun });

  it("has nothing against it when it is on the default branch, green and signed", async () => {
    server.commit(commit("4"), ["main"], {
      verified: true,
      checks: [
        { name: "test", status: "completed", conclusion: "success" },
        { name: "docs", status: "completed", conclusion: "skipped" },
      ],
    });
    server.state.commitStatuses.push({ sha: commit("4"), state: "failure", context: "sluice/production" });
    server.commit(commit("5"), ["main"]);
    expect(await objections("4")).toEqual([]);
  });

  it("has everything against it when it is not", async () => {
    server.commit(commit("6"), ["feature"], {
      parent: commit("1"),
      checks: [
        { name: "test", status: "completed", conclusion: "failure" },
        { name: "lint", status: "in_progress", conclusion: null },
      ],
    });
    server.state.commitStatuses.push({ sha: commit("6"), state: "pending", context: "ci/other" });
    expect(await objections("6")).toEqual([
      `commit ${commit("6")} is not on main`,
      "check test is failure",
      "check lint is in_progress",
      "status ci/other is pending",
      `commit ${commit("6")} has no signature that GitHub verified (unsigned)`,
    ]);
  });

  it("is signed by its tag, too, and by the one that a rollback goes back to", async () => {
    server.commit(commit("8"), ["main", "v2.0.0", "v2.0.0-rollback.1", "v2.0.1"]);
    const signature = { defaultBranch: false, checks: false, signature: true };
    const about = (signedTag?: string) => releaseObjections(client(), commit("8"), signature, { signedTag });
    const unsigned = `commit ${commit("8")} has no signature that GitHub verified (unsigned)`;
    expect(await about()).toEqual([unsigned]);
    expect(await about("v2.0.0")).toEqual([`${unsigned}, nor has tag v2.0.0`]);
    server.state.annotatedTags.set("v2.0.0", { verified: false });
    expect(await about("v2.0.0")).toHaveLength(1);
    server.state.annotatedTags.set("v2.0.0", { verified: true });
    expect(await about("v2.0.0")).toEqual([]);
    expect(await about("v2.0.0-rollback.1")).toEqual([]);
    expect(await about("v2.0.1")).toHaveLength(1);
    expect(await about("no-tag")).toHaveLength(1);
    // A signature of another commit is none of this one.
    server.commit(commit("9"), ["main", "v2.0.0"]);
    expect(await about("v2.0.0-rollback.1")).toHaveLength(1);
  });

  it("does not wait for the run that asks", async () => {
    const details_url = "https://github.example/acme/shop/actions/runs/7/job/1";
    server.commit(commit("7"), ["main"], {
      verified: true,
      checks: [
        { name: "deploy", status: "in_progress", conclusion: null, details_url },
        { name: "test", status: "completed", conclusion: "success" },
      ],
    });
    expect(await objections("7", "7")).toEqual([]);
    expect(await objections("7", "8")).toEqual(["check deploy is in_progress"]);
  });

  it("is looked at to its last check and status", async () => {
    const green = (name: string) => ({ name, status: "completed", conclusion: "success" });
    const checks = Array.from({ length: 120 }, (_, n) => green(`test ${n}`));
    server.commit(commit("a"), ["main"], {
      verified: true,
      checks: [...checks, { ...green("last"), conclusion: "failure" }],
    });
    for (let n = 0; n < 101; n++) {
      const state = n === 100 ? "error" : "success";
      server.state.commitStatuses.push({ sha: commit("a"), state, context: `ci/${n}` });
    }
    expect(await objections("a")).toEqual(["check last is failure", "status ci/100 is error"]);
  });

  describe("is judged by its own checks", () => {
    const workflow = (name: string) => `.github/workflows/${name}.yml`;
    const run = (suite: number, event: string, name: string) => ({ suite, event, path: workflow(name) });
    const check = (suite: number, name: string, conclusion: string | null = "failure") => ({
      suite,
      name,
      status: conclusion === null ? "queued" : "completed",
      conclusion,
    });
    const checksOnly = { defaultBranch: false, checks: true, signature: false };
    const asked = { ownWorkflows: [workflow("deploy-production")] };
    const about = () => releaseObjections(client(), commit("c"), checksOnly, asked);

    it("and not by what a clock, a person or a release has started while it was the newest, nor by deployments", async () => {
      // Those that look at production each half hour come before the one that tested the commit.
      const verified = Array.from({ length: 130 }, (_, n) => n + 10);
      server.commit(commit("c"), ["main"], {
        runs: [
          ...verified.map((suite) => run(suite, "schedule", "verify-production")),
          run(1, "workflow_dispatch", "backup-production"),
          run(2, "release", "publish"),
          run(3, "push", "deploy-production"),
          { ...run(4, "push", "deploy-production"), path: `${workflow("deploy-production")}@main` },
          run(5, "push", "ci"),
        ],
        checks: [
          ...verified.map((suite) => check(suite, "verify")),
          check(1, "backup", "cancelled"),
          check(2, "publish", null),
          check(3, "deploy"),
          check(4, "deploy"),
          check(5, "test", "success"),
        ],
      });
      expect(await about()).toEqual([]);
      server.commit(commit("c"), [], {
        runs: [run(1, "schedule", "verify-production"), run(2, "pull_request", "ci")],
        checks: [check(1, "verify"), check(2, "test"), { ...check(3, "scan"), status: "completed" }],
      });
      expect(await about()).toEqual(["check test is failure", "check scan is failure"]);
    });

    it("which lie behind those that a clock has started since, too many for GitHub to list them", async () => {
      // Also more than one question for runs names, and each fails: they look at production, and not at the commit.
      const verified = Array.from({ length: 1_001 }, (_, n) => n + 10);
      const behind = (conclusion: string) =>
        server.commit(commit("c"), ["main"], {
          runs: [
            ...verified.map((suite) => run(suite, "schedule", "verify-production")),
            run(1, "push", "deploy-production"),
            run(2, "push", "ci"),
          ],
          checks: [
            ...verified.map((suite) => check(suite, "verify")),
            check(1, "deploy"),
            check(2, "test", conclusion),
            check(3, "scan", conclusion),
          ],
        });
      behind("success");
      expect(await about()).toEqual([]);
      expect(server.calls.filter(({ operation }) => operation === "checks/list-for-suite")).toHaveLength(2);
      behind("failure");
      expect(await about()).toEqual(["check test is failure", "check scan is failure"]);
    });

    it("also where what has looked at it since is green: it is no check that those before are", async () => {
      const verified = Array.from({ length: 1_001 }, (_, n) => n + 10);
      server.commit(commit("c"), ["main"], {
        runs: [...verified.map((suite) => run(suite, "schedule", "verify-production")), run(2, "push", "ci")],
        checks: [
          check(3, "scan", "success"),
          ...verified.map((suite) => check(suite, "verify", "success")),
          check(2, "test"),
        ],
      });
      expect(await about()).toEqual(["check test is failure"]);
      server.fault = ({ operation }) =>
        operation === "actions/list-workflow-runs-for-repo" ? githubFaults.forbidden() : undefined;
      expect(await about()).toEqual([
        expect.stringMatching(/^it has more checks than GitHub lists: .* actions: read$/),
      ]);
    });

    it("also where a run of those since was cancelled before it had a check, so that a suite of those listed shows none", async () => {
      const verified = Array.from({ length: 1_000 }, (_, n) => n + 10);
      server.commit(commit("c"), ["main"], {
        runs: [...verified.map((suite) => run(suite, "schedule", "verify-production")), run(2, "push", "ci")],
        checks: [
          check(3, "scan", "success"),
          ...verified.slice(1).map((suite) => check(suite, "verify", "success")),
          check(2, "test"),
        ],
      });
      expect(await about()).toEqual(["check test is failure"]);
    });

    it.each(["actions/list-workflow-runs-for-repo", "checks/list-suites-for-ref"])(
      "and not by what a clock starts at %s, while it is asked",
      async (moment) => {
        const verified = Array.from({ length: 1_001 }, (_, n) => n + 10);
        const looked = (suites: readonly number[]) =>
          server.commit(commit("c"), ["main"], {
            runs: [...suites.map((suite) => run(suite, "schedule", "verify-production")), run(2, "push", "ci")],
            checks: [...suites.map((suite) => check(suite, "verify", null)), check(2, "test", "success")],
          });
        looked(verified);
        server.fault = ({ operation }) => {
          if (operation === moment) looked([9_999, ...verified]);
          return undefined;
        };
        expect(await about()).toEqual([]);
      },
    );

    it("of which it has none where nothing else has looked at it", async () => {
      server.commit(commit("c"), ["main"], {
        runs: [run(1, "schedule", "verify-production")],
        checks: [check(1, "verify", "success")],
      });
      expect(await about()).toEqual([`no check of commit ${commit("c")} is known`]);
    });

    it("and by all of them where the token may not see which are others', which is said", async () => {
      server.commit(commit("c"), ["main"], {
        runs: [run(1, "schedule", "verify-production")],
        checks: [check(1, "verify"), check(2, "test", "success")],
      });
      server.fault = ({ operation }) =>
        operation === "actions/list-workflow-runs-for-repo" ? githubFaults.forbidden() : undefined;
      expect(await about()).toEqual([
        "check verify is failure",
        "it may be no check of the commit: to see what started it the token needs the permission actions: read",
      ]);
      server.commit(commit("c"), [], { checks: [check(1, "verify", "success")] });
      expect(await about()).toEqual([]);
      server.fault = ({ operation }) =>
        operation === "actions/list-workflow-runs-for-repo" ? githubFaults.broken() : undefined;
      await expect(about()).rejects.toMatchObject({ code: "GITHUB_UNREACHABLE" });
    });
  });

  it("has been looked at by something", async () => {
    server.commit(commit("b"), ["main"], { verified: true });
    server.state.commitStatuses.push({ sha: commit("b"), state: "success", context: "sluice/production" });
    expect(await objections("b")).toEqual([`no check of commit ${commit("b")} is known`]);
  });

  it("is the one that its tag names on GitHub", async () => {
    const none = { defaultBranch: false, checks: false, signature: false };
    const about = (tag: string) => releaseObjections(client(), commit("1"), none, { tag });
    expect(await about("v1.0.0")).toEqual([]);
    expect(await about("v1.1.0")).toEqual([
      `tag v1.1.0 is commit ${commit("3")} on GitHub, and ${commit("1")} is checked out`,
    ]);
    await expect(about("gone")).rejects.toMatchObject({ code: "GITHUB_REFUSED" });
  });

  it("is asked only what is wanted", async () => {
    const none = { defaultBranch: false, checks: false, signature: false };
    expect(await releaseObjections(client(), commit("6"), none)).toEqual([]);
    expect(server.calls).toEqual([]);
  });
});
