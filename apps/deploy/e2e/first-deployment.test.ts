import { expect, it } from "vitest";
import { openExampleShop, patience } from "./harness.ts";
import { versionsSeen } from "./load.ts";

it(
  "a first deployment makes the version live that was asked for, and leaves a record that holds",
  patience,
  async () => {
    await using shop = await openExampleShop();
    await shop.release("v1");
    await shop.sluice(0, "plan");
    await shop.sluice(0, "deploy", "--release", "v1", "--reason", "opening day");
    expect(await versionsSeen(shop.url)).toEqual(["v1"]);

    const status = await shop.sluice(0, "status");
    expect(JSON.parse(status.stdout)).toMatchObject({
      serving: { tag: "v1", share: 100 },
      unfinished: null,
      lock: null,
      last: { start: { reason: "opening day" }, end: { outcome: "live" } },
    });
    await shop.sluice(0, "verify");
    await shop.sluice(0, "audit", "verify");
    const ps = JSON.parse((await shop.sluice(0, "ps")).stdout) as { containers: { service: string; live: boolean }[] };
    expect(new Set(ps.containers.filter(({ live }) => live).map(({ service }) => service))).toEqual(
      new Set(["web", "worker", "db"]),
    );
    const logs = await shop.sluice(0, "logs", "web", "--tail", "5");
    expect(logs.stdout).toContain("web v1 (good) listens");
  },
);
