import type { Announcement } from "@sluice/wiring";
import { describe, expect, it } from "vitest";
import { anAnnouncement } from "../testing/an-announcement.ts";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

const announcing = (over: Partial<Announcement> = {}) =>
  fakeDeployer({ announce: async ({ release }) => anAnnouncement({ release, ...over }) });
const report = { id: "planned.v2.7", channel: "team", place: "hooks.slack.com" } as const;

describe("sluice announce", () => {
  it("says when, and who was told", async () => {
    const { stdout, exitCode } = await run(["announce", "--release", "v2"], { deployer: announcing() });
    expect([exitCode, stdout]).toEqual([
      0,
      "v2 is announced for Mon 2026-05-04 09:00 Europe/Berlin\n  team (hooks.slack.com): delivered\n",
    ]);
  });

  it("hands on what was asked for", async () => {
    const args = "announce --release v2 --at 2026-05-04T09:00 --override agreed --reason fixes --wait 1m".split(" ");
    const { deployer } = await run(args, { deployer: announcing() });
    expect(deployer.calls).toContainEqual([
      "announce",
      { release: "v2", at: "2026-05-04T09:00", override: "agreed", reason: "fixes", waitMs: 60_000 },
    ]);
  });

  it("says that the same was announced before", async () => {
    const known = { isNew: false, reports: [{ ...report, result: "known" as const }] };
    const { stdout, exitCode } = await run(["announce", "--release", "v2"], { deployer: announcing(known) });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("v2 was announced before for Mon");
  });

  it("exits 20 when somebody could not be told, and prints an object with --json", async () => {
    const reports = [{ ...report, result: "waiting" as const, reason: "answers 500" }];
    const { stdout, exitCode } = await run(["announce", "--release", "v2", "--json"], {
      deployer: announcing({ reports }),
    });
    expect(exitCode).toBe(20);
    expect(events(stdout)).toEqual([{ v: 1, ...anAnnouncement({ reports }) }]);
  });
});
