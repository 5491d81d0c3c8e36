import { expect, it } from "vitest";
import { aService, aStack } from "../testing/index.ts";
import { collectSteps } from "./collect-steps.ts";
import { addBase } from "./plan-base.ts";

const current = (service: string) => ({ service, state: "current", reason: "", containers: [] }) as const;

it("a base service that is built with the release is looked at after the build, others that are current are not", () => {
  const observed = aStack({ base: { db: current("db"), mail: current("mail") } });
  const base = [aService("db", { role: "data", builds: true }), aService("mail", { role: "support" })];
  const planned = (isBuilt: boolean) => {
    const { steps, add } = collectSteps();
    addBase(add, base, observed, { isBuilt });
    return steps.map(({ target, cause }) => `${target}: ${cause}`);
  };
  expect(planned(true)).toEqual(["data db: built with the release; replaced only if its image differs"]);
  expect(planned(false)).toEqual([]);
});
