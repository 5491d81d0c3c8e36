import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReleaseRequest } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { acquireLock, openStateHome } from "@sluice/journal";
import { type FakeGithub, startFakeGithub } from "@sluice/testing/github";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDeployer } from "../src/index.ts";

const release: ReleaseRequest = { tag: "v1", commit: "a".repeat(40), dirty: false, source: "event" };
const other = "b".repeat(40);
const never = new AbortController().signal;

let directory = "";
let server: FakeGithub;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-queued-"));
  await writeFile(join(directory, "compose.yaml"), "services:\n  web: { image: app, ports: ['8080:8080'] }\n");
  await writeFile(join(directory, "sluice.yaml"), "github: { require: { defaultBranch: true } }\n");
  server = await startFakeGithub();
  server.commit(release.commit ?? "", ["main", "v1"]);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
  server.assertDescribed();
});

/** No engine is there: a deployment that GitHub does not refuse ends with that. */
function aDeployer() {
  const github = { GITHUB_TOKEN: server.token, GITHUB_REPOSITORY: server.repository, GITHUB_API_URL: server.url };
  const env = { PATH: process.env["PATH"], HOME: directory, DOCKER_HOST: "unix:///nonexistent", ...github };
  return createDeployer({ stack: "shop", directory, env, actor: "ada", stateHome: join(directory, "home") });
}

async function heldLock(): Promise<AsyncDisposable> {
  await using held = new AsyncDisposableStack();
  const home = held.use(await openStateHome(join(directory, "home"), { clock: systemClock, stack: "shop" }));
  held.use(await acquireLock(home, { actor: "eve", reason: "hotfix", release: "v0" }));
  return held.move();
}

describe("a release that waits for another deployment to end", () => {
  it("is decided about again when its turn comes", async () => {
    await using deployer = aDeployer();
    const lock = await heldLock();
    const ended = deployer.deploy({ release, waitMs: 60_000 }, never).catch((error: unknown) => error);
    // Tag, repository and comparison: it is allowed by now.
    await vi.waitFor(() => expect(server.calls).toHaveLength(3), { timeout: 20_000 });
    server.commit(other, ["main", "v1"]);
    await lock[Symbol.asyncDispose]();
    expect(await ended).toMatchObject({
      code: "RELEASE_REFUSED",
      exitCode: 10,
      message: expect.stringContaining(`tag v1 is commit ${other} on GitHub`),
    });
  });

  it("goes on where nothing has changed", async () => {
    await using deployer = aDeployer();
    const lock = await heldLock();
    const ended = deployer.deploy({ release, waitMs: 60_000 }, never).catch((error: unknown) => error);
    await vi.waitFor(() => expect(server.calls).toHaveLength(3), { timeout: 20_000 });
    await lock[Symbol.asyncDispose]();
    expect(await ended).toMatchObject({ code: "ENGINE_UNREACHABLE" });
  });

  it("does not wait where it is refused already", async () => {
    server.commit(other, ["main", "v1"]);
    await using deployer = aDeployer();
    await using _lock = await heldLock();
    await expect(deployer.deploy({ release, waitMs: 60_000 }, never)).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
    });
  });
});

it("a release that waits for nothing is asked for once", async () => {
  await using deployer = aDeployer();
  await expect(deployer.deploy({ release }, never)).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
  expect(server.calls.filter(({ path }) => path.includes("/compare/"))).toHaveLength(1);
});
