import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openShop, patience, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

describe("orders from another shell", () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1");
  }, patience.timeout);
  afterAll(() => shop?.[Symbol.asyncDispose](), patience.timeout);

  const asks = (text: string) => (event: { readonly type: string; readonly text?: string }) =>
    event.type === "step-progress" && event.text?.includes(text) === true;

  it("reach a deployment that waits, also one that was killed and is resumed, and lose nobody", patience, async () => {
    const load = startLoad(shop.url);
    await shop.sluice(10, "traffic", "approve");
    await shop.release("v2");
    const { stdout: planned } = await shop.sluice(0, "plan", "--release", "v2");
    expect(planned).toMatch(/two versions run .*: about \d+ MiB of memory more/);
    const killed = shop.start("deploy", "--release", "v2", "--env", "asking");
    await killed.event(asks("needs approval"));
    await shop.sluice(0, "traffic", "pause", "--reason", "lunch");
    killed.process.kill("SIGKILL");
    await killed.done;
    await shop.sluice(10, "traffic", "resume");

    const resumed = shop.start("resume", "--env", "asking");
    await resumed.event(asks("paused by"));
    expect(await versionsSeen(shop.url)).toEqual(["v1", "v2"]);
    await shop.sluice(0, "traffic", "resume");
    await resumed.event(asks("needs approval"));
    await shop.sluice(0, "traffic", "approve", "--reason", "looks good");
    expect(await resumed.done).toMatchObject({ exitCode: 0 });
    expect(await versionsSeen(shop.url)).toEqual(["v2"]);
    expect((await load.stop()).failures).toEqual([]);
    const { stdout } = await shop.sluice(0, "audit", "show");
    expect(stdout).toContain("approve at approval-1: looks good");
    await shop.sluice(0, "audit", "verify");
  });

  it("abort within a second, and the release is not tried again unasked", patience, async () => {
    const [serving = ""] = await versionsSeen(shop.url);
    const load = startLoad(shop.url);
    await shop.release("v3");
    const deploying = shop.start("deploy", "--release", "v3", "--env", "asking");
    await deploying.event(asks("needs approval"));
    await shop.sluice(0, "traffic", "abort", "--reason", "wrong branch");
    const { exitCode, events } = await deploying.done;
    expect([exitCode, events.at(-1)]).toMatchObject([
      21,
      { outcome: "rolled-back", serving: { tag: serving, share: 100 } },
    ]);
    const orderedAt = events.find(({ type }) => type === "order")?.at ?? "";
    const backAt = events.find((event) => event.type === "share-change" && event.share === 0)?.at ?? "";
    expect(Date.parse(backAt) - Date.parse(orderedAt)).toBeLessThanOrEqual(1_000);
    expect(await versionsSeen(shop.url)).toEqual([serving]);
    expect((await load.stop()).failures).toEqual([]);
    await shop.sluice(10, "deploy", "--release", "v3");
  });
});
