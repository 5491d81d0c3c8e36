import { expect, it } from "vitest";
import type { CliRun } from "./cli.ts";
import { openShop, patience, type Release } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

/** What `--env hasty` gives the candidate, and what is left for seeing that it is over. */
const startBudgetMs = 10_000;
const toleranceMs = 3_000;

it.each<{ readonly what: string; readonly mode: NonNullable<Release["mode"]>; readonly log: string }>([
  { what: "never becomes healthy", mode: "unhealthy", log: "listens" },
  { what: "crashes during its start", mode: "crashstart", log: "shop: cannot read the price list: file not found" },
])(
  "a version that $what exits 20 in time, with its log, and the old one never stops serving",
  patience,
  async ({ mode, log }) => {
    await using shop = await openShop();
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1");

    const load = startLoad(shop.url);
    await shop.release("v2", { mode });
    const failed = await shop.sluice(20, "deploy", "--release", "v2", "--env", "hasty");
    const seen = await load.stop();
    expect(failed.events.at(-1)).toMatchObject({
      type: "deployment-end",
      outcome: "failed",
      serving: { tag: "v1", share: 100 },
    });
    const said = failed.events.flatMap((event) => (event.type === "error" ? [event.detail] : []));
    expect(said.join("\n")).toContain(log);
    expect(startMs(failed)).toBeLessThan(startBudgetMs + toleranceMs);
    expect(seen.failures).toEqual([]);
    expect(Object.keys(seen.versions)).toEqual(["v1"]);
    expect(await versionsSeen(shop.url)).toEqual(["v1"]);

    // It is known to be broken, and not tried again unasked.
    await shop.sluice(10, "deploy", "--release", "v2");
  },
);

/** How long the candidate was given. */
function startMs({ events }: CliRun): number {
  const at = (type: "step-start" | "step-end") =>
    Date.parse(events.find((event) => event.type === type && event.kind === "start")?.at ?? "");
  return at("step-end") - at("step-start");
}
