import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type FakeGithub, githubFaults, startFakeGithub } from "@sluice/testing/github";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { githubExaminer, registeredRunners } from "../src/doctor/github-examiner.ts";
import { createSession } from "../src/session.ts";

let directory: string;
let server: FakeGithub;
const run = (...args: readonly string[]) =>
  promisify(execFile)("git", ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-C", directory, ...args]);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-doctor-"));
  server = await startFakeGithub();
  await run("init", "-q");
  await mkdir(join(directory, ".github/workflows"), { recursive: true });
  await workflow("permissions: { contents: read, deployments: write }");
  await run("add", "-A");
  await run("-c", "commit.gpgsign=false", "commit", "-q", "-m", "v1");
  await run("tag", "v1");
  const { stdout } = await run("rev-parse", "HEAD");
  server.commit(stdout.trim(), ["main", "v1"]);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
  server.assertDescribed();
});

async function workflow(permissions: string): Promise<void> {
  const step = "{ run: exec sluice deploy, env: { GITHUB_TOKEN: '${{ github.token }}' } }";
  const job = `{ runs-on: [self-hosted, production], steps: [${step}] }`;
  await writeFile(
    join(directory, ".github/workflows/deploy-production.yml"),
    `on: release\n${permissions}\njobs: { deploy: ${job} }\n`,
  );
}

const release = { tag_name: "v1", id: 1, name: "v1", draft: false, prerelease: false };
async function ask(token: string | undefined = server.token, config = "{}"): Promise<readonly string[]> {
  await writeFile(join(directory, "sluice.yaml"), config);
  const env = { GITHUB_TOKEN: token, GITHUB_REPOSITORY: server.repository, GITHUB_API_URL: server.url };
  await using session = createSession({ directory, env, stack: "shop", actor: "ada" });
  const diagnoses = await githubExaminer(session).examine(AbortSignal.timeout(30_000));
  return diagnoses.map(({ severity, code }) => `${severity} ${code}`);
}
const online = (labels: readonly string[]) => ({ name: "server-1", status: "online", labels });
async function publish(over: object = {}): Promise<void> {
  const { status } = await fetch(`${server.url}/repos/${server.repository}/releases`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
    body: JSON.stringify({ tag_name: release.tag_name, ...over }),
  });
  expect(status).toBe(201);
}

describe("the doctor and GitHub", () => {
  it("say nothing where all is well, and without a token nothing is asked", async () => {
    await publish();
    server.state.runners = [online(["self-hosted", "production"])];
    expect(await ask()).toEqual([]);
    const { length } = server.calls;
    expect(await ask("")).toEqual([]);
    expect(server.calls).toHaveLength(length);
  });

  it("tell what only GitHub knows", async () => {
    server.state.runners = [{ ...online(["self-hosted", "production"]), status: "offline" }];
    expect(await ask()).toEqual(["error runner-offline", "warn release-missing"]);
    server.state.runners = [online(["self-hosted"])];
    await publish({ prerelease: true });
    expect(await ask()).toEqual(["error runner-labels", "warn release-prerelease"]);
    server.commit("d".repeat(40), ["v1"]);
    expect(await ask(server.token, "releases: { allowPrerelease: true }")).toEqual([
      "error runner-labels",
      "error tag-moved",
    ]);
  });

  it("see drafts, and judge no runners that the token may not see", async () => {
    await publish({ draft: true });
    server.state.runners = null;
    expect(await ask()).toEqual(["warn release-draft"]);
  });

  it("tell whether deployments may be shown, where that can be told", async () => {
    await publish();
    server.state.runners = null;
    server.state.scopes = "user, repo:status";
    expect(await ask()).toEqual(["warn deployments-not-permitted"]);
    server.state.scopes = "repo";
    expect(await ask()).toEqual([]);
    server.state.mayPush = false;
    expect(await ask()).toEqual(["warn deployments-not-permitted"]);
    expect(await ask(server.token, "github: { deployments: false }")).toEqual([]);
    server.state.scopes = null;
    await workflow("");
    expect(await ask()).toEqual(["note deployments-untold"]);
    await workflow("permissions: { contents: read }");
    expect(await ask()).toEqual(["warn deployments-not-permitted"]);
    expect(await ask("")).toEqual(["warn deployments-not-permitted"]);
  });

  it("tell a token that is not taken from GitHub that is dead", async () => {
    expect(await ask("ghp_wrong")).toEqual(["error github-denied"]);
    server.fault = () => githubFaults.broken();
    expect(await ask()).toEqual(["warn github-unreachable"]);
    expect(await ask("", "github: { require: { checks: true } }")).toEqual([
      "error github-token-missing",
      "warn github-right-missing",
    ]);
  });
});

it("a runner is known by the file that it leaves, where it belongs to the repository", async () => {
  const places = { own: "https://github.com/Acme/shop", organization: "https://github.com/acme", none: "nowhere" };
  for (const [name, gitHubUrl] of Object.entries(places)) {
    await mkdir(join(directory, name));
    await writeFile(join(directory, name, ".runner"), `\uFEFF${JSON.stringify({ agentName: name, gitHubUrl })}`);
  }
  await mkdir(join(directory, "broken"));
  await writeFile(join(directory, "broken", ".runner"), "{");
  const directories = [...Object.keys(places), "broken", "absent"].map((name) => join(directory, name));
  expect(await registeredRunners(directories, "acme/shop")).toEqual(["own"]);
});
