import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@sluice/core/node";
import { createJournal } from "@sluice/journal";
import { type FakeGithub, startFakeGithub } from "@sluice/testing/github";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readAnchoredAudit } from "../src/github/anchors.ts";
import { createSession } from "../src/session.ts";

let directory: string;
let server: FakeGithub;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-anchors-"));
  server = await startFakeGithub();
  server.commit("a".repeat(40), ["main"]);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
  server.assertDescribed();
});

async function open(config: string, token = server.token) {
  await writeFile(join(directory, "sluice.yaml"), config);
  const env = { GITHUB_TOKEN: token, GITHUB_REPOSITORY: server.repository, GITHUB_API_URL: server.url };
  const stateHome = join(directory, "home");
  return createSession({ directory, env, stack: "shop", actor: "ada", stateHome });
}
const shown = (id: string) =>
  ({
    id,
    stack: "shop",
    ref: "main",
    environment: "production",
    isProduction: true,
    task: "deploy",
    description: "",
  }) as const;

describe("a record whose ends GitHub holds", () => {
  it("cannot be rewritten or cut unnoticed, not even with a chain that holds", async () => {
    await using session = await open("github: { anchor: true }");
    const journal = createJournal(await session.home(), systemClock);
    const { reporter } = (await session.github()) ?? {};
    for (const id of ["d1", "d2"]) {
      await journal.append({ type: "one", reason: id });
      await reporter?.show(shown(id), []);
    }
    expect(server.state.deployments.map(({ payload }) => payload)).toMatchObject([
      { sluice: { deployment: "d1", stack: "shop", audit: { seq: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) } } },
      { sluice: { audit: { seq: 2 } } },
    ]);
    expect(await readAnchoredAudit(session)).toEqual({ anchors: 2, problems: [], lost: null });

    // All of it written anew: its own chain holds.
    const { path } = await session.home();
    expect(await readFile(join(path, "journal.ndjson"), "utf8")).toContain("d2");
    await rm(join(directory, "home"), { recursive: true });
    await using other = await open("github: { anchor: true }");
    await createJournal(await other.home(), systemClock).append({ type: "one", reason: "nothing happened" });
    const { problems } = await readAnchoredAudit(other);
    expect(problems).toEqual([
      "record 2 is missing: d2 on GitHub holds another",
      "record 1 was rewritten: d1 on GitHub holds another",
    ]);

    // The record says itself that it began anew, and by whom.
    const change = { type: "state-rebuilt", actor: "ada", reason: "disk died", previousHome: null };
    await createJournal(await other.home(), systemClock).append(change);
    expect(await readAnchoredAudit(other)).toMatchObject({
      problems: [],
      lost: { anchors: 2, by: { seq: 2, actor: "ada" } },
    });
  });

  it("holds nothing where it is not asked for, and is not asked without a token", async () => {
    await using session = await open("{}");
    await createJournal(await session.home(), systemClock).append({ type: "one" });
    await (await session.github())?.reporter?.show(shown("d1"), []);
    expect(server.state.deployments[0]?.payload).toEqual({ sluice: { deployment: "d1", stack: "shop" } });
    expect(await readAnchoredAudit(session)).toEqual({ anchors: 0, problems: [], lost: null });
    await using tokenless = await open("{}", "");
    await expect(readAnchoredAudit(tokenless)).rejects.toMatchObject({ code: "USAGE" });
  });
});
