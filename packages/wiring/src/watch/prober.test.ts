import type { ComposeRuntime } from "@sluice/compose";
import type { CommandCheck, ProbeTarget } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { expect, it } from "vitest";
import { createStackProber } from "./prober.ts";

it("a command check with an image of its own runs in a container of the stack's slot", async () => {
  const calls: unknown[] = [];
  const runtime = {
    async provideImage(stack: string, image: string) {
      calls.push(["provide", stack, image]);
    },
    async runOneOff(request: object) {
      calls.push(["run", request]);
      return { exitCode: 0, output: "" };
    },
  } as unknown as ComposeRuntime;
  const check: CommandCheck = {
    type: "command",
    name: "smoke test",
    service: "web",
    timeoutMs: 1_000,
    successes: 1,
    retries: 0,
    onNoData: "fail" as const,
    command: ["node", "smoke.js"],
    image: "acme/smoke:1",
  };
  const target: ProbeTarget = { slot: "green", containers: {}, doors: {} };
  expect(await createStackProber("shop", runtime, systemClock).probe(check, target)).toMatchObject({ result: "pass" });
  expect(calls).toEqual([
    ["provide", "shop", "acme/smoke:1"],
    ["run", { stack: "shop", slot: "green", image: "acme/smoke:1", command: ["node", "smoke.js"] }],
  ]);
});
