import { expect, it } from "vitest";
import { conclude } from "../result.ts";
import { type FlipRun, flipFigures } from "./figures.ts";

const run: FlipRun = { kind: "ip", requests: 400, failures: [], restless: [] };
const passes = (runs: readonly FlipRun[], clients = 40): boolean =>
  conclude({ bench: "flips", figures: flipFigures(["ip"], runs, clients), peers: {}, floor: {} }).pass;

it("passes where users stay, nothing is lost and each has asked often", () => {
  expect(passes([run])).toBe(true);
  expect(flipFigures(["ip"], [run, run], 40)).toMatchObject({ ip_runs: { value: 2 }, ip_requests: { value: 800 } });
});

it.each([
  ["no run", [], 40],
  ["nobody who asks", [{ ...run, requests: 0 }], 0],
  ["too few requests", [{ ...run, requests: 399 }], 40],
  ["a lost request", [run, { ...run, failures: ["reset"] }], 40],
  ["a restless user", [run, { ...run, restless: ["user-1: v1 v2 v1"] }], 40],
  ["runs of another kind only", [{ ...run, kind: "cookie" } as const], 40],
])("%s is no pass", (_, runs, clients) => {
  expect(passes(runs, clients)).toBe(false);
});
