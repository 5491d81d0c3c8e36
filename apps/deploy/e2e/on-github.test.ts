import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FakeGithub, startFakeGithub } from "@sluice/testing/github";
import { expect, it } from "vitest";
import { openChat } from "./chat.ts";
import type { RunningCli } from "./cli.ts";
import { openShop, patience } from "./harness.ts";

const configOf = (chat: string) => `notify: { timeout: 3s, channels: { team: { slack: { url: "${chat}" } } } }
github: { url: "https://shop.example.com", commitStatus: true, report: true, approvals: true }
`;

it(
  "a published release becomes a deployment that GitHub shows, also when GitHub was dead meanwhile",
  patience,
  async () => {
    await using github = await startFakeGithub();
    await using chat = await openChat();
    await using shop = await openShop(configOf(chat.url), {
      GITHUB_TOKEN: github.token,
      GITHUB_REPOSITORY: github.repository,
      GITHUB_API_URL: github.url,
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_RUN_ID: "7",
      GITHUB_ACTOR: "octocat",
    });
    /** As people do: a tag on GitHub, a release of it, and the event that the workflow gets. */
    const publish = async (tag: string) => {
      await shop.release(tag);
      const reviews = [{ by: "grace", state: "APPROVED" }];
      github.commit(await shop.commit(), ["main", tag], {
        pulls: [{ number: github.state.commits.size + 1, title: tag, author: "ada", reviews }],
      });
      const event = { action: "published", release: { tag_name: tag, draft: false, prerelease: false } };
      const path = join(shop.checkout, "..", "event.json");
      await writeFile(path, JSON.stringify(event));
      return { GITHUB_EVENT_NAME: "release", GITHUB_EVENT_PATH: path };
    };
    const link = "https://github.example/acme/shop/actions/runs/7";

    // A required reviewer of the environment let this run go on.
    github.state.runReviews.push({ run: 7, by: "linus", state: "approved", comment: "go" });
    const event = await publish("v1");
    await shop.sluice(0, "release", "create", "v1");
    const first = await shop.with(event).sluice(0, "deploy");
    expect(first.events.at(-1)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(github.state.deployments).toMatchObject([
      {
        sha: await shop.commit(),
        environment: "production",
        payload: { sluice: { stack: shop.stack } },
        statuses: [
          { state: "queued", logUrl: link, description: "deploy of v1 asked for by octocat" },
          { state: "in_progress", logUrl: link },
          { state: "success", logUrl: link, environmentUrl: "https://shop.example.com" },
        ],
      },
    ]);
    expect(github.state.releases).toMatchObject([{ tag_name: "v1", assets: [{ content_type: "text/html" }] }]);

    expect(chat.titles).toEqual([`✅ ${shop.stack}: v1 is live`]);
    expect((await shop.sluice(0, "audit", "show")).stdout).toContain(
      "reviews: approved by linus (go); #1 by ada, approved by grace",
    );

    // GitHub is dead from the start: the deployment is none the worse, and GitHub hears of it later, once.
    const next = await publish("v2");
    await github.goAway();
    const second = await shop.with(next).sluice(0, "deploy");
    expect(second.events.at(-1)).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(second.stdout).toContain("GitHub (127.0.0.1");
    await shop.sluice(20, "outbox", "flush");
    await github.comeBack();
    await shop.sluice(0, "outbox", "flush");
    await shop.sluice(0, "outbox", "flush");
    expect(shownStates(github)).toEqual([
      ["queued", "in_progress", "success", "inactive"],
      ["queued", "in_progress", "success"],
    ]);
    expect(github.state.commitStatuses.at(-1)).toMatchObject({ state: "success", context: "sluice/production" });

    // GitHub dies once it knows that the deployment runs: the next run tells it how that ended, once.
    const middle = shop.with(await publish("v3")).start("deploy");
    await until(middle, () => github.state.deployments[2]?.statuses.at(-1)?.state === "in_progress");
    await github.goAway();
    const third = await middle.done;
    expect(third.exitCode).toBe(0);
    expect(third.events.at(-1)).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    await github.comeBack();
    expect(shownStates(github)[2]).toEqual(["queued", "in_progress"]);
    await shop.sluice(0, "rollback");
    await shop.sluice(0, "outbox", "flush");
    expect(shownStates(github)).toEqual([
      ["queued", "in_progress", "success", "inactive"],
      ["queued", "in_progress", "success", "inactive"],
      ["queued", "in_progress", "success", "inactive"],
      ["queued", "in_progress", "success"],
    ]);

    // People hear of each once, whatever became of GitHub.
    const told = ["v1 is live", "v2 is live", "v3 is live", "back to v2"];
    expect(chat.titles).toEqual(told.map((title) => `✅ ${shop.stack}: ${title}`));
    expect(JSON.parse((await shop.sluice(0, "audit", "verify")).stdout)).toMatchObject({ ok: true });
    const said = [first, second, third, await shop.sluice(0, "outbox", "list")].map(
      ({ stdout, stderr }) => stdout + stderr,
    );
    expect(said.join()).not.toContain(github.token);
    github.assertDescribed();
  },
);

/** Resolves once it holds, and rejects where the command ends before. */
async function until(cli: RunningCli, holds: () => boolean): Promise<void> {
  let hasEnded = false;
  void cli.done.then(() => (hasEnded = true));
  while (!holds()) {
    if (hasEnded) throw new Error(`the command ended before:\n${(await cli.done).stdout.slice(-2_000)}`);
    await sleep(5);
  }
}

function shownStates({ state }: FakeGithub): readonly (readonly string[])[] {
  return state.deployments.map(({ statuses }) => statuses.map((status) => status.state));
}
