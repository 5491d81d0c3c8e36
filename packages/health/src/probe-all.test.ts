import { setImmediate } from "node:timers/promises";
import type { Check, Prober } from "@sluice/core";
import { expect, it } from "vitest";
import { aContainerCheck, aTarget } from "../test/checks.ts";
import { probeAll } from "./probe-all.ts";

const checks = Array.from({ length: 9 }, (_, index) => aContainerCheck({ name: `check ${index}` }));
const verdictOf = ({ name }: Check) => ({ check: name, result: "pass" as const, value: "", limit: "", n: 1 });

it("gives verdicts in order and runs no more at once than it may", async () => {
  let running = 0;
  let most = 0;
  const prober: Prober = {
    async probe(check) {
      running += 1;
      most = Math.max(most, running);
      for (let turn = Number(check.name.at(-1)) % 4; turn >= 0; turn--) await setImmediate();
      running -= 1;
      return verdictOf(check);
    },
  };
  const names = (await probeAll(prober, checks, aTarget(), { concurrency: 3 })).map(({ check }) => check);
  expect(names).toEqual(checks.map(({ name }) => name));
  expect(most).toBe(3);
  expect(await probeAll(prober, [], aTarget())).toEqual([]);
});

it("throws the signal's reason", async () => {
  const reason = new Error("cancelled");
  const prober: Prober = { probe: (_check, _target, signal) => Promise.reject(signal?.reason as Error) };
  await expect(probeAll(prober, checks, aTarget(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
