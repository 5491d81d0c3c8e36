import { SluiceError } from "@sluice/core";
import { aContainer } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { leaveAllDown } from "../../test/support/engine-away.ts";
import { serves } from "../../test/support/enumerate.ts";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";
import { isStoppedByHand } from "./stopped-by-hand.ts";

const at = (time: string) => `2026-01-01T${time}Z`;
const graceMs = 10_000;
const stopped = aContainer("worker", {
  state: "exited",
  exitCode: 143,
  startedAt: at("09:00:00"),
  finishedAt: at("10:00:00.5"),
});
const is = (other: Parameters<typeof aContainer>[1], container = stopped) =>
  isStoppedByHand(container, [container, aContainer("web", other)], graceMs);

describe("a container that is down was stopped by hand", () => {
  it("where another runs that ran before", () => {
    expect(is({ startedAt: at("09:00:00.123") })).toBe(true);
    // It came after: an engine that went between them would leave just this.
    expect(is({ startedAt: at("10:00:01") })).toBe(false);
    expect(is({ startedAt: at("10:00:00.512345678") })).toBe(false);
  });

  it("where another that is down, too, ran on for longer than an engine needs to go", () => {
    const down = { state: "exited", startedAt: at("09:00:00") } as const;
    expect(is({ ...down, finishedAt: at("10:05:00") })).toBe(true);
    expect(is({ ...down, finishedAt: at("10:00:14") })).toBe(false);
    expect(is({ ...down, finishedAt: at("09:59:00") })).toBe(false);
    expect(is({ ...down, startedAt: at("10:01:00"), finishedAt: at("10:05:00") })).toBe(false);
  });

  it("but not where nobody can tell, nor where it broke down by itself", () => {
    const witness = { startedAt: at("09:00:00") };
    expect(isStoppedByHand(stopped, [stopped], graceMs)).toBe(false);
    expect(is(witness, { ...stopped, finishedAt: "" })).toBe(false);
    expect(is({ startedAt: "" })).toBe(false);
    expect(is(witness, { ...stopped, exitCode: 1 })).toBe(false);
    expect(is(witness, { ...stopped, exitCode: 137, oomKilled: true })).toBe(false);
  });
});

/** What `docker stop` does, some time after the stack was started, and some time before whatever comes next. */
function stopByHand({ world: { state, clock } }: Scenario, service: string): void {
  clock.advance(60_000);
  for (const container of state.containers.values()) {
    if (container.service !== service || container.state !== "running") continue;
    container.state = "exited";
    container.exitCode = 143;
    container.finishedAt = clock.now().toISOString();
  }
  clock.advance(60_000);
}

describe("what somebody stops while a deployment runs that fails stays down", () => {
  it.each([
    ["an engine that is there all the time", () => {}],
    ["an engine that is restarted after that, and leaves all down", leaveAllDown],
  ])("with %s", async (_title, restart) => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.calls.fault = ({ name }) => {
      if (!name.startsWith("router.waitServers")) return undefined;
      stopByHand(scenario, "worker");
      restart(scenario);
      return new SluiceError("NOT_READY", "the door does not answer");
    };
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", serving: { tag: "v1", share: 100 } });
    expect(serves(scenario, "v1")).toEqual([]);
    const { containers } = scenario.world.state;
    const down = [...containers.values()].filter(({ state }) => state !== "running").map(({ service }) => service);
    expect(down).toEqual(["worker"]);
  });
});
