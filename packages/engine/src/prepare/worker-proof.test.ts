import type { ObservedContainer } from "@sluice/core";
import { aContainer, aService } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { hasWorkerInBase, noteRestarts, proveWorkers, workersIn } from "./worker-proof.ts";

const worker = aService("worker", { role: "worker" });
const of = (changes: Partial<ObservedContainer>) =>
  aContainer("worker", { id: "w1", name: "shop-green-worker-1", ...changes });
const prove = (changes: Partial<ObservedContainer>, facts = worker, restarts: readonly [string, number][] = []) =>
  proveWorkers([facts], [of(changes), aContainer("web", { state: "exited" })], new Map(restarts));

describe("workers of a candidate", () => {
  it("pass while they run; what is no worker is not asked", () => {
    expect(prove({})).toMatchObject({ verdict: { result: "pass", value: "1 as they became ready", n: 1 }, failed: [] });
    expect(prove({ health: "starting" }).verdict.result).toBe("pass");
    expect(proveWorkers([], [], new Map()).verdict).toMatchObject({ result: "pass", n: 0 });
  });

  it.each([
    [{ state: "exited", exitCode: 3 }, "exited with code 3"],
    [{ state: "exited", exitCode: 0 }, "exited with code 0"],
    [{ state: "exited", exitCode: 137, oomKilled: true }, "was killed for memory (it has no limit of its own)"],
    [{ state: "restarting", restartCount: 2 }, "ended and was restarted (2 times)"],
    [{ restartCount: 1 }, "ended and was restarted (1 times)"],
    [{ state: "paused" }, "is paused"],
    [{ health: "unhealthy" }, "is unhealthy"],
  ] as const)("fail where one is %j", (changes, what) => {
    const { verdict, failed } = prove(changes, worker, [["w1", 0]]);
    expect(verdict).toMatchObject({ result: "fail", value: `shop-green-worker-1 ${what}` });
    expect(failed.map(({ id }) => id)).toEqual(["w1"]);
  });

  it("are not blamed for restarts from before they were ready", () => {
    expect(prove({ restartCount: 7 }, worker, [["w1", 7]]).verdict.result).toBe("pass");
    expect(prove({ restartCount: 8 }, worker, [["w1", 7]]).verdict.result).toBe("fail");
    // Started by hand, the engine counts anew.
    expect(prove({ restartCount: 0 }, worker, [["w1", 7]]).verdict.result).toBe("pass");
    expect(prove({ restartCount: 7 }).verdict.result).toBe("pass");
  });

  it("may end well where they run once", () => {
    const once = { ...worker, runsOnce: true };
    expect(prove({ state: "exited", exitCode: 0 }, once).verdict.result).toBe("pass");
    expect(prove({ state: "exited", exitCode: 1 }, once).verdict.result).toBe("fail");
  });

  it("are those that are active and wanted at all, in slots or in base", () => {
    const recreated = aService("cron", { role: "worker", strategy: "recreate" });
    const none = [
      aService("off", { role: "worker", active: false }),
      aService("zero", { role: "worker", replicas: 0 }),
    ];
    expect(workersIn([aService("web"), worker, recreated, ...none])).toEqual([worker, recreated]);
    expect(hasWorkerInBase([worker])).toBe(false);
    expect(hasWorkerInBase([worker, recreated])).toBe(true);
  });

  it("keep the count that was noted first", () => {
    const restarts = new Map<string, number>();
    noteRestarts(restarts, [of({ restartCount: 1 })]);
    noteRestarts(restarts, [of({ restartCount: 4 })]);
    expect([...restarts]).toEqual([["w1", 1]]);
  });
});
