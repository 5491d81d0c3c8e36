import type { FaultOutcome } from "@sluice/testing/faults";
import { expect, it } from "vitest";
import { conclude } from "../result.ts";
import { faultFigures } from "./figures.ts";

const good: FaultOutcome = { exitCode: 0, outcome: "live", reason: "", problems: [] };
const passes = (results: readonly FaultOutcome[], restartsLeftOut = 0): boolean =>
  conclude({ bench: "faults", figures: faultFigures(results, restartsLeftOut), peers: {}, floor: {} }).pass;

it("passes where all that was wanted went well", () => {
  expect(passes([good, { ...good, outcome: "failed", exitCode: 20 }])).toBe(true);
});

it.each<[string, readonly FaultOutcome[], number]>([
  ["none at all", [], 0],
  ["a wrong ending", [good, { ...good, problems: ["nothing serves"] }], 0],
  ["restarts that cannot be here", [good], 32],
])("%s is no pass", (_, results, restartsLeftOut) => {
  expect(passes(results, restartsLeftOut)).toBe(false);
});
