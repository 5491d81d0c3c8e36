import { expect, it } from "vitest";
import { openShop, patience } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

it("a version that never becomes healthy exits 20, and the old one never stops serving", patience, async () => {
  await using shop = await openShop();
  await shop.release("v1");
  await shop.sluice(0, "deploy", "--release", "v1");

  const load = startLoad(shop.url);
  await shop.release("v2", { mode: "unhealthy" });
  const failed = await shop.sluice(20, "deploy", "--release", "v2", "--env", "hasty");
  const seen = await load.stop();
  expect(failed.events.at(-1)).toMatchObject({
    type: "deployment-end",
    outcome: "failed",
    serving: { tag: "v1", share: 100 },
  });
  expect(failed.events.some(({ type }) => type === "error")).toBe(true);
  expect(seen.failures).toEqual([]);
  expect(Object.keys(seen.versions)).toEqual(["v1"]);
  expect(await versionsSeen(shop.url)).toEqual(["v1"]);

  // It is known to be broken, and not tried again unasked.
  await shop.sluice(10, "deploy", "--release", "v2");
});

/** What `--env hasty` gives the candidate, and what is left for seeing that it is over. */
const startBudgetMs = 20_000;
const toleranceMs = 3_000;

it(
  "a version that crashes during its start exits 20 in time, with its log, and the old one never stops serving",
  patience,
  async () => {
    await using shop = await openShop();
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1");

    const load = startLoad(shop.url);
    await shop.release("v2", { mode: "crashstart" });
    const failed = await shop.sluice(20, "deploy", "--release", "v2", "--env", "hasty");
    const seen = await load.stop();
    expect(seen.failures).toEqual([]);
    expect(Object.keys(seen.versions)).toEqual(["v1"]);
    expect(failed.events.at(-1)).toMatchObject({ outcome: "failed", serving: { tag: "v1", share: 100 } });
    const said = failed.events.filter((event) => event.type === "error").map(({ detail }) => detail);
    expect(said.join("\n")).toContain("shop: cannot read the price list: file not found");

    const step = (type: "step-start" | "step-end") =>
      Date.parse(failed.events.find((event) => event.type === type && event.kind === "start")?.at ?? "");
    expect(step("step-end") - step("step-start")).toBeLessThan(startBudgetMs + toleranceMs);
  },
);
