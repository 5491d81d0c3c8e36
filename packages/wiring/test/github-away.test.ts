import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Notification } from "@sluice/notify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { githubExaminer } from "../src/doctor/github-examiner.ts";
import { readAnchoredAudit } from "../src/github/anchors.ts";
import { assertReleaseAllowed } from "../src/github/gate.ts";
import { createSession, type Session } from "../src/session.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-away-"));
  execFileSync("git", ["init", "-q", directory]);
  // Nothing listens there.
  execFileSync("git", ["-C", directory, "remote", "add", "origin", "https://127.0.0.1:2/acme/shop"]);
  const github = "{ repository: acme/shop, require: { defaultBranch: true } }";
  await writeFile(join(directory, "sluice.yaml"), `github: ${github}\n`);
});
afterEach(() => rm(directory, { recursive: true }));

function aSession(): Session {
  const stateHome = join(directory, "home");
  return createSession({ directory, env: { GITHUB_TOKEN: "ghp_t" }, stack: "shop", actor: "ada", stateHome });
}
const why = "127.0.0.1:2 cannot be asked whether it is a GitHub";

describe("where the host of the checkout does not answer", () => {
  it("a release is refused with that, where GitHub is to be asked of it", async () => {
    await using session = aSession();
    const release = { tag: "v1", commit: "a".repeat(40), dirty: false, source: "event" } as const;
    await expect(assertReleaseAllowed(session, release)).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      message: expect.stringContaining(`GitHub cannot be asked of v1: ${why}`),
      hint: expect.stringContaining("set GITHUB_API_URL to https://127.0.0.1:2/api/v3"),
    });
  });

  it("the doctor says that, and what to set", async () => {
    await using session = aSession();
    expect(await githubExaminer(session).examine(AbortSignal.timeout(30_000))).toMatchObject([
      {
        severity: "error",
        code: "github-unreachable",
        what: expect.stringContaining(why),
        mend: expect.stringContaining("GITHUB_API_URL"),
      },
    ]);
  });

  it("what GitHub was not told waits", async () => {
    await using session = aSession();
    const { channels } = await session.channels();
    expect(channels.map(({ name }) => name)).toEqual(["GitHub"]);
    const notification = { id: "n", deployment: "d1", told: "live", release: "v1", stack: "shop" } as unknown;
    const content = { notification: notification as Notification, message: {} as never, at: new Date(), reached: [] };
    expect(await channels[0]?.send(content, AbortSignal.timeout(30_000))).toMatchObject({ result: "retry" });
  });

  it("ends of the record cannot be compared for that reason", async () => {
    await using session = aSession();
    await expect(readAnchoredAudit(session)).rejects.toMatchObject({ code: "GITHUB_UNREACHABLE" });
  });

  it("nobody waits for it who stops", async () => {
    await using session = aSession();
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(readAnchoredAudit(session, stopped)).rejects.toThrow("stopped");
    expect(await session.github()).not.toBeNull();
  });
});
