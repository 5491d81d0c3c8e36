import { expect, it } from "vitest";
import { containersOf } from "./engine.ts";
import { openShop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

it("a new version, and the way back, lose no request", async () => {
  await using shop = await openShop();
  await shop.release("v1");
  await shop.sluice(0, "deploy", "--release", "v1");

  const forward = startLoad(shop.url);
  await shop.release("v2");
  const deployed = await shop.sluice(0, "deploy", "--release", "v2");
  const seen = await forward.stop();
  expect(deployed.events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "live", serving: { tag: "v2" } });
  expect(seen.failures).toEqual([]);
  expect(Object.keys(seen.versions).sort()).toEqual(["v1", "v2"]);
  expect(await versionsSeen(shop.url)).toEqual(["v2"]);

  // The same release again is live already: nothing is built, started or replaced.
  const before = await containersOf(shop.stack);
  const again = await shop.sluice(0, "deploy", "--release", "v2");
  expect(again.events.at(-1)).toMatchObject({ outcome: "nothing-to-do", serving: { tag: "v2" } });
  expect(await containersOf(shop.stack)).toEqual(before);

  const backward = startLoad(shop.url);
  const rolledBack = await shop.sluice(0, "rollback");
  const seenBack = await backward.stop();
  expect(rolledBack.events.at(-1)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  expect(seenBack.failures).toEqual([]);
  expect(await versionsSeen(shop.url)).toEqual(["v1"]);
  await shop.sluice(0, "audit", "verify");
});
