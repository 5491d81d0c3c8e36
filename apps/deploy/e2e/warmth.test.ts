import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openShop, patience, type Shop } from "./harness.ts";
import { versionsSeen } from "./load.ts";

/** No machine has as much. */
const scarce = "  scarce:\n    rollout: { steps: [100], bake: 0s, minFreeMemory: 1000000000000000 }\n";

describe("the version before, where memory is short", () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop(scarce);
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1", "--env", "scarce");
    await shop.release("v2");
  }, patience.timeout);
  afterAll(() => shop?.[Symbol.asyncDispose](), patience.timeout);

  it(
    "is stopped once the new one is promoted, which the plan foretells and the status explains",
    patience,
    async () => {
      const plan = await shop.sluice(0, "plan", "--release", "v2", "--env", "scarce");
      expect(plan.stdout).toMatch(/too little for the version before to stay warm/);
      const { events } = await shop.sluice(0, "deploy", "--release", "v2", "--env", "scarce");
      const said = events.flatMap((event) => (event.type === "step-progress" ? [event.text] : []));
      expect(said.join("\n")).toMatch(/slot blue is stopped, not kept warm: \d+ MiB of \d+ MiB memory are available/);
      const status = await shop.sluice(0, "status");
      expect(status.stdout).toMatch(/slot blue was stopped instead of kept warm: \d+ MiB/);
    },
  );

  it("is gone back to by a start, which says why, and then serves", patience, async () => {
    const { events } = await shop.sluice(0, "rollback");
    const found = events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
    expect(found.find(({ code }) => code === "cold-rollback")?.message).toMatch(
      /v1 is not warm, as its slot was stopped/,
    );
    expect(new Set(await versionsSeen(shop.url))).toEqual(new Set(["v1"]));
  });
});
