import type { ContainerExec, ObservedContainer, ThrowAwayContainers } from "@sluice/core";
import { createFakeWorld } from "@sluice/testing";
import { expect, it } from "vitest";
import { startScratch } from "./scratch.ts";

/** Settings that a throw-away server is started with. */
async function settingsOf(locks?: number): Promise<readonly string[]> {
  let command: readonly string[] = [];
  const start: ThrowAwayContainers["start"] = async (request) => {
    command = request.command ?? [];
    const inspect = async () => ({ state: "running" }) as ObservedContainer;
    return { id: "c1", inspect, logTail: async () => "", [Symbol.asyncDispose]: async () => undefined };
  };
  const nothing = new Uint8Array();
  const exec = { exec: async () => ({ exitCode: 0, stdout: nothing, stderr: "" }) } as unknown as ContainerExec;
  const throwAway = { start } as unknown as ThrowAwayContainers;
  const { clock } = createFakeWorld().ports();
  const request = { stack: "shop", image: "i", superuser: "shop", preload: "", memoryBytes: 1, locks };
  await using _server = await startScratch({ throwAway, exec, clock }, request);
  return command.filter((word) => word.startsWith("max_locks") || word.startsWith("max_connections"));
}

it("a throw-away server has room for as many locks as the live one, and no less than any", async () => {
  expect(await settingsOf()).toEqual([]);
  expect(await settingsOf(200)).toEqual(["max_connections=100", "max_locks_per_transaction=64"]);
  expect(await settingsOf(500 * 256)).toEqual(["max_connections=100", "max_locks_per_transaction=1280"]);
});
