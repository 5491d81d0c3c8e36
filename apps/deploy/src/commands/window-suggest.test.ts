import type { WindowSuggestionView } from "@sluice/wiring";
import { describe, expect, it } from "vitest";
import { aSuggestion } from "../testing/a-suggestion.ts";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { run } from "../testing/run.ts";

const suggest = (over: Partial<WindowSuggestionView> = {}, args: readonly string[] = []) =>
  run(["window", "suggest", ...args], { deployer: fakeDeployer({ suggestWindows: async () => aSuggestion(over) }) });

describe("sluice window suggest", () => {
  it("shows the quietest hours, those at work apart, and a line for the configuration", async () => {
    const { stdout, exitCode } = await suggest();
    expect(exitCode).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "672 looks at the doors, Mon 2026-03-02 01:00 Europe/Berlin to Mon 2026-03-16 01:00 Europe/Berlin
      on average 120.0 requests a minute

      quietest
        window           requests a minute
        tue 04:00-06:00  0.3

      quietest while people are at work
        window           requests a minute
        fri 16:00-18:00  80.0
      next: windows: { open: ["fri 16:00-18:00"] } in sluice.yaml
      "
    `);
  });

  it("says what is not known, and how it comes to be", async () => {
    expect((await suggest({ knownHours: 90 })).stdout).toContain("90 of 168 hours of the week are known\n");
    expect((await suggest({ ofHours: 24 })).stdout).toContain("all days are taken as one\n");
    const none = { perMinute: null, anytime: [], atWork: [], counts: 0, since: null, until: null };
    const { stdout } = await suggest(none);
    expect(stdout).toContain("the doors have not been looked at yet\nnothing can be suggested yet\n");
    expect(stdout).toContain("sluice verify");
  });

  it("takes from 1 to 12 hours", async () => {
    expect((await suggest({}, ["--hours", "13"])).exitCode).toBe(2);
    expect((await suggest({}, ["--hours", "12"])).exitCode).toBe(0);
  });
});
