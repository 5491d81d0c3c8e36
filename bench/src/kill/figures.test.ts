import { expect, it } from "vitest";
import { conclude } from "../result.ts";
import { type KillFacts, killFigures } from "./figures.ts";
import type { KillResult } from "./observe-kill.ts";

const good: KillResult = { name: "one", deaths: 1, diedIn: ["shift"], requests: 90, lost: 0, problems: [] };
const facts: KillFacts = { results: [good, good], wanted: 2, kinds: ["shift"], isAll: true, auditExitCode: 0 };
const failed = (over: Partial<KillFacts>): readonly string[] =>
  Object.entries(killFigures({ ...facts, ...over }))
    .filter(([, { pass }]) => pass === false)
    .map(([name]) => name);
const passes = (over: Partial<KillFacts>): boolean =>
  conclude({ bench: "kill", figures: killFigures({ ...facts, ...over }), peers: {}, floor: {} }).pass;

it("good ones pass, however long a stop took that was in time", () => {
  expect(passes({})).toBe(true);
  expect(killFigures({ ...facts, results: [good, { ...good, stopMs: [1_250] }] })).toMatchObject({
    deaths: { value: 2 },
    slowest_stop_s: { value: 1.25 },
  });
});

it("nothing is no pass", () => {
  expect(passes({ results: [], wanted: 0, isAll: false })).toBe(false);
});

it.each<[string, Partial<KillFacts>]>([
  ["cases_left", { wanted: 3 }],
  ["lost", { results: [good, { ...good, lost: 1 }] }],
  ["wrong_endings", { results: [good, { ...good, problems: ["the lock is held"] }] }],
  ["audit_exit_code", { auditExitCode: 10 }],
  ["audit_exit_code", { auditExitCode: null }],
  ["deaths_at_bake", { kinds: ["shift", "bake"] }],
])("%s", (name, over) => {
  expect(failed(over)).toEqual([name]);
});

it("some of all cases need not come to every step", () => {
  expect(failed({ kinds: ["shift", "bake"], isAll: false })).toEqual([]);
});
