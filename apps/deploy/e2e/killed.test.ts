import type { StepKind } from "@sluice/core";
import { expect, it } from "vitest";
import { openShop, patience } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

it.each<StepKind>(["create", "shift", "bake"])(
  "a deployer that is killed in the middle of the step `%s` loses no request, and the next run ends with one version",
  patience,
  async (kind) => {
    await using shop = await openShop();
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1");

    const load = startLoad(shop.url);
    await shop.release("v2");
    const killed = shop.start("deploy", "--release", "v2");
    await killed.event((event) => event.type === "step-start" && event.kind === kind);
    killed.process.kill("SIGKILL");
    expect(await killed.done).toMatchObject({ signal: "SIGKILL" });
    const left = JSON.parse((await shop.sluice(0, "status")).stdout) as { unfinished: unknown; lock: unknown };
    expect(left).toMatchObject({ unfinished: { tag: "v2" }, lock: null });

    const next = await shop.sluice(0, "deploy", "--release", "v2");
    const seen = await load.stop();
    expect(next.events.at(-1)).toMatchObject({ serving: { tag: "v2", share: 100 } });
    expect(await versionsSeen(shop.url)).toEqual(["v2"]);
    expect(seen.failures).toEqual([]);
    expect(JSON.parse((await shop.sluice(0, "status")).stdout)).toMatchObject({ unfinished: null, findings: [] });
    await shop.sluice(0, "audit", "verify");
  },
);
