import { expect, it } from "vitest";
import { badCases } from "./cases.ts";
import { badReleaseFigures, badReleaseNumbers } from "./limits.ts";
import type { BadRun } from "./observe-bad-release.ts";

const cases = badCases.filter(({ mode }) => mode === "err20");
const run = (changes: Partial<BadRun>): BadRun => ({
  peer: "sluice",
  mode: "err20",
  exitCode: 21,
  lost: 6,
  met: 40,
  exposedS: 7,
  kinds: { refused: 0, reset: 0, timeout: 0, "5xx": 6, status: 0, other: 0 },
  lostBySecond: { 0: 6 },
  machineLoad: 1,
  latenessMs: 20,
  isBack: true,
  ...changes,
});
const compose = run({ peer: "compose", exitCode: 0, lost: 900, isBack: false });
const failed = (runs: readonly BadRun[]) =>
  Object.entries(badReleaseFigures(cases, runs)).flatMap(([name, { pass }]) => (pass === false ? [name] : []));

it("a release that users are spared passes", () => {
  expect(failed([run({}), run({ lost: 9 }), compose])).toEqual([]);
});

it.each([
  [{ exitCode: 0 }, ["err20_back_and_truthful_runs"]],
  [{ isBack: false }, ["err20_back_and_truthful_runs"]],
  [{ exposedS: 11 }, ["err20_exposed_s"]],
  [{ lost: 20 }, ["err20_lost_percent_of_compose"]],
])("one run with %o does not", (changes, names) => {
  expect(failed([run(changes), compose])).toEqual(names);
});

it("a peer that goes back and says success is back, and not truthful", () => {
  const swarm = (changes: Partial<BadRun>) => run({ peer: "swarm", ...changes });
  const numbers = badReleaseNumbers(cases, [swarm({ exitCode: 0 }), swarm({ exitCode: 1 }), swarm({ isBack: false })]);
  expect(numbers).toMatchObject({ err20_back_runs: 2, err20_back_and_truthful_runs: 1 });
});

it("what was not measured does not pass", () => {
  const never = badCases.filter(({ mode }) => mode === "unhealthy");
  const figures = badReleaseFigures(never, [run({ peer: "swarm", mode: "unhealthy" })]);
  expect(figures).toMatchObject({ unhealthy_back_and_truthful_runs: { pass: false }, unhealthy_lost: { pass: false } });
});
