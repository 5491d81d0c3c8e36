import { systemClock as clock } from "@sluice/core/node";
import { type FakeGithub, githubFaults, startFakeGithub } from "@sluice/testing/github";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDeploymentReporter } from "../../src/github/deployment-reporter.ts";
import type { DeploymentState, ShownDeployment, ShownState } from "../../src/github/deployment-states.ts";
import { createGithub } from "../../src/github/github.ts";

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

/** A process of its own: it remembers nothing of the others. */
const reporter = (commitContext?: string) =>
  createDeploymentReporter(
    createGithub({ clock, repository: server.repository, token: server.token, apiUrl: server.url, timeoutMs: 2_000 }),
    { commitContext },
  );
const deployment = (id: string, over: Partial<ShownDeployment> = {}): ShownDeployment => ({
  id,
  stack: "shop",
  ref: commit,
  environment: "production",
  isProduction: true,
  task: "deploy",
  description: "v1 on shop",
  environmentUrl: "https://shop.example.com",
  logUrl: "https://github.example/acme/shop/actions/runs/7",
  ...over,
});
const states = (...names: readonly DeploymentState[]): readonly ShownState[] =>
  names.map((state) => ({ state, description: `it is ${state}` }));
const shown = () => server.state.deployments.map(({ statuses }) => statuses.map(({ state }) => state));

describe("a deployment is shown", () => {
  it("with its states in order, where users find it, and the run", async () => {
    const github = reporter();
    await github.show(deployment("d1"), states("queued", "in_progress"));
    await github.show(deployment("d1"), states("queued", "in_progress", "success"));
    expect(server.state.deployments).toMatchObject([
      {
        sha: commit,
        environment: "production",
        production: true,
        payload: { sluice: { deployment: "d1", stack: "shop" } },
        statuses: ["queued", "in_progress", "success"].map((state) => ({
          state,
          environmentUrl: "https://shop.example.com",
          logUrl: "https://github.example/acme/shop/actions/runs/7",
        })),
      },
    ]);
  });

  it("once, whichever process tells it, and whenever an answer is lost", async () => {
    // Every POST in turn takes effect and gets no answer.
    for (let lost = 1; lost <= 4; lost++) {
      let posts = 0;
      server.fault = ({ method }) => (method === "POST" && ++posts === lost ? "lost" : undefined);
      const tell = () => reporter().show(deployment(`d${lost}`), states("queued", "in_progress", "failure"));
      await expect(tell()).rejects.toMatchObject({ code: "GITHUB_UNREACHABLE" });
      await tell();
      await tell();
    }
    expect(shown()).toEqual(Array.from({ length: 4 }, () => ["queued", "in_progress", "failure"]));
  });

  it("once more where it ends in the same state for another reason, and once for each", async () => {
    const ended = (description: string) => reporter().show(deployment("d1"), [{ state: "error", description }]);
    for (const reason of ["left to the next run", "left to the next run", "undone", "undone"]) await ended(reason);
    const descriptions = server.state.deployments[0]?.statuses.map(({ description }) => description);
    expect(descriptions).toEqual(["left to the next run", "undone"]);
  });

  it("as the active one until another takes its place, also in production", async () => {
    await reporter().show(deployment("d1"), states("success"));
    await reporter().show(deployment("d2"), states("failure"));
    await reporter().show(deployment("d3"), states("success"));
    expect(shown()).toEqual([["success", "inactive"], ["failure"], ["success"]]);
  });

  it("as inactive when it is told of after the one that took its place", async () => {
    await reporter().show(deployment("d2"), states("success"));
    await reporter().show(deployment("d1"), states("in_progress", "success"));
    expect(shown()).toEqual([["success"], ["in_progress", "success", "inactive"]]);
  });

  it("without touching those of other stacks and environments", async () => {
    await reporter().show(deployment("d1", { stack: "blog" }), states("success"));
    await reporter().show(deployment("d2", { environment: "staging" }), states("success"));
    await reporter().show(deployment("d3"), states("success"));
    expect(shown()).toEqual([["success"], ["success"], ["success"]]);
  });

  it("on its commit too, where that is wanted", async () => {
    await reporter("sluice/production").show(deployment("d1"), states("in_progress"));
    await reporter("sluice/production").show(deployment("d1"), states("in_progress", "success"));
    expect(server.state.commitStatuses).toMatchObject([
      { sha: commit, state: "pending", context: "sluice/production" },
      { sha: commit, state: "success" },
    ]);
    await reporter("sluice/production").show(deployment("d2", { ref: "v1" }), states("success"));
    expect(server.state.commitStatuses).toHaveLength(2);
  });

  it("although the checks of its commit are red: it is being deployed", async () => {
    server.state.commitStatuses.push({ sha: commit, state: "failure" });
    await reporter().show(deployment("d1"), states("in_progress"));
    expect(shown()).toEqual([["in_progress"]]);
  });

  it("with a description that GitHub takes", async () => {
    const long: ShownState = { state: "failure", description: `a\n${"ü".repeat(200)}` };
    for (let time = 0; time < 2; time++) await reporter().show(deployment("d1"), [long]);
    expect(server.state.deployments[0]?.statuses).toMatchObject([{ description: `a ${"ü".repeat(137)}…` }]);
  });
});

it.each([
  ["a ref that GitHub does not know", () => deployment("d1", { ref: "gone" }), { code: "GITHUB_REFUSED", status: 422 }],
  [
    "a token that may not",
    () => {
      server.fault = ({ method }) => (method === "POST" ? githubFaults.forbidden() : undefined);
      return deployment("d1");
    },
    { code: "GITHUB_DENIED", status: 403 },
  ],
] as const)("says what is wrong with %s", async (_, make, error) => {
  await expect(reporter().show(make(), states("queued"))).rejects.toMatchObject(error);
});
