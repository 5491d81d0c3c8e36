import { parseConfig, type ReleaseRequest } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { type FakeGithub, githubFaults, startFakeGithub } from "@sluice/testing/github";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assertReleaseAllowed, releaseFindings } from "../src/github/gate.ts";
import { openGithub } from "../src/github/open-github.ts";
import type { Session } from "../src/session.ts";

const commit = "a".repeat(40);
let server: FakeGithub;
beforeEach(async () => {
  server = await startFakeGithub();
  server.commit(commit, ["main", "v1"]);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  server.assertDescribed();
});

/** As much of a session as the gate uses. */
function aSession(yaml: string, token = server.token, serving?: string, run?: string): Session {
  const config = parseConfig(yaml, "sluice.yaml");
  const env = {
    GITHUB_TOKEN: token,
    GITHUB_REPOSITORY: server.repository,
    GITHUB_API_URL: server.url,
    ...(run === undefined ? {} : { GITHUB_RUN_ID: run }),
  };
  const session = {
    config: async () => config,
    github: async () => openGithub(config, { env, environment: undefined, clock: systemClock }),
    options: { env },
    ports: async () => ({
      journal: {
        async *backwards() {
          const place = { release: "r1", tag: "v1", slot: "blue", share: 100 };
          if (serving) yield { type: "deployment-end", deployment: "d1", outcome: "live", serving: place };
        },
      },
      bundles: { list: async () => [{ id: "r1", commit: serving }] },
    }),
  };
  return session as unknown as Session;
}
const allowed = (yaml: string, over: Partial<ReleaseRequest> = {}, token?: string) =>
  assertReleaseAllowed(aSession(yaml, token), { tag: "v1", commit, dirty: false, source: "event", ...over });
const all = "github: { require: { defaultBranch: true, checks: true, signature: true } }";

const green = [{ name: "test", status: "completed", conclusion: "success" }];

describe("a release", () => {
  it("is deployed without a word of GitHub where none is required", async () => {
    await server.goAway();
    await allowed("");
    await allowed("", { commit: null, dirty: true }, "");
  });

  it("is deployed when all that is required holds", async () => {
    server.commit(commit, ["main", "v1"], { checks: green });
    await allowed("github: { require: { defaultBranch: true, checks: true } }");
  });

  it("is refused with what does not hold", async () => {
    server.commit(commit, ["main", "v1"], { checks: green });
    await expect(allowed(all)).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      exitCode: 10,
      message: expect.stringContaining("v1 is not to be deployed: commit aaaa"),
    });
  });

  it("is refused when its tag was moved on GitHub", async () => {
    server.commit("b".repeat(40), ["main", "v1"]);
    const yaml = "github: { require: { defaultBranch: true } }";
    await expect(allowed(yaml)).rejects.toMatchObject({ message: expect.stringContaining("tag v1 is commit bbbb") });
    await allowed(yaml, { source: "option" });
  });

  it.each([
    ["without a token", {}, ""],
    ["without a commit", { commit: null }, undefined],
    ["with changes that no commit has", { dirty: true }, undefined],
  ] as const)("is refused %s", async (_, over, token) => {
    await expect(allowed(all, over, token)).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
  });

  it("is refused when too few people have approved what it brings", async () => {
    const yaml = "github: { require: { approvals: 1 } }";
    const release: ReleaseRequest = { tag: "v2", commit: "c".repeat(40), dirty: false, source: "option" };
    const ask = () => assertReleaseAllowed(aSession(yaml, undefined, commit), release);
    const pull = (state: string) => [{ number: 4, title: "t", author: "ada", reviews: [{ by: "grace", state }] }];
    server.commit("b".repeat(40), ["main"], { pulls: pull("CHANGES_REQUESTED") });
    server.commit(release.commit ?? "", ["main"]);
    await expect(ask()).rejects.toMatchObject({
      message:
        "v2 is not to be deployed: #4 by ada is approved by 0 of 1 others; commit ccccccc came by no pull request",
    });
    server.commit("b".repeat(40), [], { parent: commit, pulls: pull("APPROVED") });
    server.commit(release.commit ?? "", [], { parent: "b".repeat(40), pulls: pull("APPROVED") });
    await ask();
    server.fault = () => githubFaults.forbidden();
    await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining("GitHub cannot be asked of v2") });
  });

  it("is deployed by the reviewers of its environment where what serves was never pushed, and refused without them", async () => {
    const yaml = "github: { require: { approvals: 1 } }";
    const release: ReleaseRequest = { tag: "v1", commit, dirty: false, source: "event" };
    const session = aSession(yaml, undefined, "f".repeat(40), "7");
    await expect(assertReleaseAllowed(session, release)).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      message: expect.stringMatching(/^v1 is not to be deployed: .* commit fffffff, .* by reviewers of production$/),
    });
    server.state.runReviews.push({ run: 7, by: "grace", state: "approved", comment: "" });
    await assertReleaseAllowed(session, release);
  });

  it("that is only planned has it as a finding", async () => {
    const release: ReleaseRequest = { tag: "v1", commit, dirty: false, source: "event" };
    expect(await releaseFindings(aSession(all), release)).toMatchObject([
      { severity: "error", code: "release-refused", message: expect.stringContaining("no signature") },
    ]);
    expect(await releaseFindings(aSession(""), release)).toEqual([]);
  });

  it("is refused when GitHub does not answer, before anything was changed", async () => {
    server.fault = () => githubFaults.forbidden();
    await expect(allowed(all)).rejects.toMatchObject({
      exitCode: 10,
      message: expect.stringContaining("403"),
      hint: expect.stringMatching(/`permissions:`.* contents: .* checks: read, .*github\.require/),
    });
  });
});
