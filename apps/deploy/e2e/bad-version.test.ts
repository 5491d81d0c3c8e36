import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CliRun } from "./cli.ts";
import { openShop, patience, type Release, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

/** What `--env hasty` gives the candidate, and what is left for seeing that it is over. */
const startBudgetMs = 10_000;
const toleranceMs = 3_000;

describe("a shop with a version that serves", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1");
  }, patience.timeout);
  afterAll(() => shop?.[Symbol.asyncDispose](), patience.timeout);

  it.each<{
    readonly tag: string;
    readonly what: string;
    readonly mode: NonNullable<Release["mode"]>;
    readonly log: string;
  }>([
    { tag: "v2", what: "never becomes healthy", mode: "unhealthy", log: "listens" },
    {
      tag: "v3",
      what: "crashes during its start",
      mode: "crashstart",
      log: "shop: cannot read the price list: file not found",
    },
  ])("goes on serving while one that $what exits 20 in time, with its log", patience, async ({ tag, mode, log }) => {
    const load = startLoad(shop.url);
    await shop.release(tag, { mode });
    const failed = await shop.sluice(20, "deploy", "--release", tag, "--env", "hasty");
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
    await shop.sluice(10, "deploy", "--release", tag);
  });
});

/** How long the candidate was given. */
function startMs({ events }: CliRun): number {
  const at = (type: "step-start" | "step-end") =>
    Date.parse(events.find((event) => event.type === type && event.kind === "start")?.at ?? "");
  return at("step-end") - at("step-start");
}
