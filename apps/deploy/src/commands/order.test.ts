import { SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { run } from "../testing/run.ts";

describe("sluice traffic", () => {
  it.each(["approve", "pause", "resume", "abort"])(
    "%s tells the deployment that runs, and says what it answers",
    async (kind) => {
      const deployer = fakeDeployer({ order: async () => ({ accepted: true, message: "so be it" }) });
      const ran = await run(["traffic", kind, "--reason", "lunch"], { deployer });
      expect([ran.exitCode, ran.stdout]).toEqual([0, "so be it\n"]);
      expect(deployer.calls).toContainEqual(["order", kind, { reason: "lunch" }]);
    },
  );

  it("takes common flags after an order too", async () => {
    const deployer = fakeDeployer({ order: async () => ({ accepted: true, message: "paused" }) });
    const ran = await run(["traffic", "pause", "-p", "shop", "--json"], { deployer });
    expect(JSON.parse(ran.stdout)).toEqual({ v: 1, order: "pause", message: "paused" });
    expect(deployer.options?.stack).toBe("shop");
  });

  it("exits 10 where nothing runs", async () => {
    const nothing = new SluiceError("NOTHING_UNDER_WAY", "no deployment runs that could take the order");
    const deployer = fakeDeployer({ order: async () => Promise.reject(nothing) });
    expect((await run(["traffic", "abort"], { deployer })).exitCode).toBe(10);
  });

  it("without an order shows the shares, and refuses one that there is not", async () => {
    const deployer = fakeDeployer({ traffic: async () => [] });
    expect((await run(["traffic"], { deployer })).stdout).toBe("no door runs\n");
    expect((await run(["traffic", "stop"], { deployer })).exitCode).toBe(2);
  });
});
