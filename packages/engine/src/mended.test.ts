import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../test/support/enumerate.ts";
import { aScenario } from "../test/support/scenario.ts";

describe("a deployment of what is live already", () => {
  it.each(["warm", "stopped"] as const)("makes a worker again that is gone, where the previous is %s", async (keep) => {
    const scenario = aScenario({ config: aConfig({ rollout: { keep } }) });
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    const { containers } = scenario.world.state;
    const [worker] = [...containers.values()].filter(({ place, service }) => place === "green" && service === "worker");
    containers.delete(worker?.id ?? "");
    scenario.world.restart();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2", slot: "green" } });
    const { log } = scenario.world.calls;
    const changes = log.filter(
      (name) => /^slots\.(?:create|start|stop|remove|runJob) /.test(name) && !/networks/.test(name),
    );
    expect(changes).toEqual(expect.arrayContaining(["slots.create worker in green", "slots.start worker of green"]));
    expect(changes.filter((name) => name.includes("web") || name.includes("blue"))).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "nothing-to-do" });
  });
});
