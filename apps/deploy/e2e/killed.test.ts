import type { StepKind } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openShop, patience, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

/** Every step that a deployment over an older release has, in its order, but for `retire`: it is over too soon to be met. */
const kinds: readonly StepKind[] = [
  "build",
  "networks",
  "job",
  "start",
  "verify",
  "shift",
  "workers",
  "drain",
  "bake",
  "promote",
];

describe("a deployer that is killed", () => {
  let shop: Shop;
  let serving = "v1";

  beforeAll(async () => {
    shop = await openShop();
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1");
  }, patience.timeout);
  afterAll(() => shop?.[Symbol.asyncDispose](), patience.timeout);

  it.each(kinds.map((kind, index) => ({ kind, tag: `v${index + 2}` })))(
    "in the middle of the step $kind loses no request, and the next run ends with one version",
    patience,
    async ({ kind, tag }) => {
      const load = startLoad(shop.url);
      await shop.release(tag);
      const killed = shop.start("deploy", "--release", tag);
      await killed.event((event) => event.type === "step-start" && event.kind === kind);
      killed.process.kill("SIGKILL");
      expect(await killed.done).toMatchObject({ signal: "SIGKILL" });
      const left = JSON.parse((await shop.sluice(0, "status")).stdout) as object;
      expect(left).toMatchObject({ unfinished: { tag }, lock: null });

      const next = await shop.sluice(0, "deploy", "--release", tag);
      const seen = await load.stop();
      expect(next.events.at(-1)).toMatchObject({ serving: { tag, share: 100 } });
      expect(await versionsSeen(shop.url)).toEqual([tag]);
      expect(seen.failures).toEqual([]);
      expect(Object.keys(seen.versions).every((version) => version === serving || version === tag)).toBe(true);
      expect(JSON.parse((await shop.sluice(0, "status")).stdout)).toMatchObject({ unfinished: null, findings: [] });
      serving = tag;
    },
  );

  it("leaves a record whose chain holds", patience, async () => {
    await shop.sluice(0, "audit", "verify");
  });
});
