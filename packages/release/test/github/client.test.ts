import { systemClock as clock } from "@sluice/core/node";
import { type FakeGithub, type GithubFault, githubFaults, startFakeGithub } from "@sluice/testing/github";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGithub, type Github } from "../../src/github/github.ts";

let server: FakeGithub;
beforeEach(async () => {
  server = await startFakeGithub();
  server.commit("a".repeat(40), ["main", "v1"]);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

const client = (timeoutMs = 2_000, token = server.token) =>
  createGithub({ clock, repository: server.repository, token, apiUrl: server.url, timeoutMs });
const read = (github: Github) =>
  github.read("list deployments", ({ rest }, where) => rest.repos.listDeployments({ ...where }));
const write = (github: Github) =>
  github.write("create a deployment", ({ rest }, where) =>
    rest.repos.createDeployment({ ...where, ref: "v1", required_contexts: [] }),
  );
const faulty = (...faults: readonly (GithubFault | undefined)[]) => {
  const left = [...faults];
  server.fault = () => left.shift();
};

describe("a call", () => {
  it("asks the repository, as itself, and nothing that GitHub does not describe", async () => {
    expect(await read(client())).toEqual([]);
    expect(await write(client())).toMatchObject({ ref: "v1", sha: "a".repeat(40) });
    expect(server.calls.map(({ operation }) => operation)).toEqual([
      "repos/list-deployments",
      "repos/create-deployment",
    ]);
    expect(server.problems).toEqual([]);
  });

  it.each<[string, GithubFault, object]>([
    ["401", githubFaults.badToken(), { code: "GITHUB_DENIED", status: 401, retryable: false }],
    ["403", githubFaults.forbidden(), { code: "GITHUB_DENIED", hint: expect.stringContaining("permission") }],
    ["404", { status: 404, body: { message: "Not Found" } }, { code: "GITHUB_REFUSED", status: 404 }],
    ["409", { status: 409, body: { message: "Conflict" } }, { code: "GITHUB_REFUSED", status: 409 }],
    ["422", { status: 422, body: { message: "No ref found" } }, { code: "GITHUB_REFUSED", status: 422 }],
    ["429", githubFaults.secondaryLimit(7), { code: "GITHUB_LIMITED", afterMs: 7_000, retryable: true }],
    ["502 with a page", githubFaults.broken(), { code: "GITHUB_UNREACHABLE", status: 502, retryable: true }],
    ["half an answer", "cut", { code: "GITHUB_UNREACHABLE", status: null, retryable: true }],
    ["a lost answer", "lost", { code: "GITHUB_UNREACHABLE", status: null, retryable: true }],
  ])("that changes something fails by a code on %s, and is made once", async (_, fault, error) => {
    faulty(fault);
    await expect(write(client())).rejects.toMatchObject(error);
    expect(server.calls).toHaveLength(1);
  });

  it("that reads is made again after a failure that passes", async () => {
    faulty(githubFaults.broken(), "cut");
    expect(await read(client())).toEqual([]);
    expect(server.calls).toHaveLength(3);
  });

  it("that reads is not made again after one that does not pass", async () => {
    faulty(githubFaults.forbidden());
    await expect(read(client())).rejects.toMatchObject({ code: "GITHUB_DENIED" });
    expect(server.calls).toHaveLength(1);
  });

  it("waits for a slow answer, and not for one that never comes", async () => {
    faulty({ delayMs: 100 }, "hang");
    expect(await read(client())).toEqual([]);
    await expect(read(client(200))).rejects.toMatchObject({
      code: "GITHUB_UNREACHABLE",
      message: expect.stringContaining("no answer in time"),
    });
  });

  it("ends with the reason of its signal", async () => {
    faulty("hang");
    const reason = new Error("asked to stop");
    const asking = client().read(
      "list deployments",
      ({ rest }, where) => rest.repos.listDeployments({ ...where }),
      AbortSignal.any([AbortSignal.timeout(5_000), abortedSoon(reason)]),
    );
    await expect(asking).rejects.toBe(reason);
  });

  it("is not made at all before the hour is over for which GitHub asks", async () => {
    const resetAt = Math.ceil(Date.now() / 1_000) + 600;
    faulty(githubFaults.rateLimit(resetAt));
    const github = client();
    await expect(write(github)).rejects.toMatchObject({ code: "GITHUB_LIMITED" });
    await expect(read(github)).rejects.toMatchObject({ code: "GITHUB_LIMITED", afterMs: expect.any(Number) });
    expect(server.calls).toHaveLength(1);
  });

  it("to a server that is gone says so", async () => {
    await server.goAway();
    await expect(write(client())).rejects.toMatchObject({ code: "GITHUB_UNREACHABLE", status: null });
  });
});

it("names the token in no error", async () => {
  const token = "ghp_never_to_be_shown";
  const errors: unknown[] = [];
  for (const fault of [undefined, githubFaults.forbidden(), githubFaults.broken(), "lost"] as const) {
    faulty(fault);
    errors.push(await write(client(2_000, token)).catch((error: unknown) => error));
  }
  expect(
    errors.map((error) => `${String(error)}${(error as Error).stack}${JSON.stringify(error)}`).join(),
  ).not.toContain(token);
});

it.each(["shop", "acme/", "acme/shop/more", "a b/c"])("refuses %j as a repository", (repository) => {
  expect(() => createGithub({ clock, repository, token: "t" })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});

function abortedSoon(reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 50);
  return controller.signal;
}
