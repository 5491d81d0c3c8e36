import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig, type Finding } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import { createNotifier, createOutbox, type Notification } from "@sluice/notify";
import { type FakeGithub, startFakeGithub } from "@sluice/testing/github";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openGithub } from "../src/github/open-github.ts";
import { reportChannel } from "../src/github/report-channel.ts";

let directory = "";
let server: FakeGithub;
let said: Finding[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-report-"));
  server = await startFakeGithub();
  server.commit("1".repeat(40), ["main", "v1"]);
  said = [];
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
  server.assertDescribed();
});

const ended: Notification = {
  id: "d1.live",
  stack: "shop",
  outcome: "live",
  kind: "deploy",
  release: "v1",
  deployment: "d1",
  actor: "ada",
  reason: "",
  at: new Date().toISOString(),
};

async function tell() {
  const env = { GITHUB_TOKEN: server.token, GITHUB_REPOSITORY: server.repository, GITHUB_API_URL: server.url };
  const opened = openGithub(defaultConfig(), { env, environment: undefined, clock });
  if (!opened) throw new Error("GitHub is off");
  const channel = reportChannel(
    opened,
    async () => "<p>",
    directory,
    (finding) => said.push(finding),
  );
  const outbox = createOutbox(join(directory, "outbox"));
  const notifier = createNotifier({ channels: [channel], outbox, clock, redact: (text) => text });
  const [report] = await notifier.announce([ended], { withinMs: 10_000 });
  return report?.result;
}
const publish = () =>
  fetch(`${server.url}/repos/${server.repository}/releases`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
    body: JSON.stringify({ tag_name: "v1" }),
  });

it("the report of a deployment is attached to its release, where there is one", async () => {
  await publish();
  expect(await tell()).toBe("delivered");
  expect(server.state.releases).toMatchObject([{ assets: [{ name: "sluice-d1.html" }] }]);
  expect(said).toEqual([]);
});

it("nothing is said of a deployment that has no release on GitHub", async () => {
  expect(await tell()).toBe("delivered");
  expect(said).toEqual([]);
});

it("a release that GitHub keeps as it is gets none, which is said once and does not wait", async () => {
  server.state.keepsReleases = true;
  await publish();
  expect(await tell()).toBe("delivered");
  expect(await tell()).toBe("known");
  expect(said).toMatchObject([
    {
      severity: "info",
      code: "report-not-attached",
      message: "the report of d1 is not attached to release v1: GitHub keeps that as it was published (immutable)",
      hint: expect.stringContaining("sluice report d1"),
    },
  ]);
});
