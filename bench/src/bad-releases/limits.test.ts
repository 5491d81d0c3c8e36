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
  lostInAll: 6,
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
  const swarm = run({ peer: "swarm", exitCode: 0, lost: 1_200, isBack: false });
  expect(failed([run({}), run({ lost: 9 }), compose, swarm])).toEqual([]);
});

it("the worst run is compared with what each peer's users lost", () => {
  const nine = Array.from({ length: 9 }, () => run({ lost: 2 }));
  expect(failed([...nine, run({ lost: 10 }), compose])).toEqual(["err20_lost_percent_of_compose"]);
  const swarm = (lost: number) => run({ peer: "swarm", exitCode: 0, lost, isBack: false });
  expect(failed([...nine, run({ lost: 9 }), compose, swarm(800)])).toEqual(["err20_lost_percent_of_swarm"]);
  expect(failed([...nine, run({ lost: 9 }), compose, swarm(950), swarm(800)])).toEqual(["err20_lost_percent_of_swarm"]);
});

it("without a peer there is nothing to be less than", () => {
  expect(failed([run({})])).toEqual(["err20_lost_percent_of_compose"]);
});

it("twice as slow loses nothing, and is found with the truth", () => {
  const slow2x = badCases.filter(({ mode }) => mode === "slow2x");
  const one = (changes: Partial<BadRun>) =>
    run({ mode: "slow2x", lost: 0, lostInAll: 0, p95Ms: { good: 150, bad: 300 }, ...changes });
  const failing = (runs: readonly BadRun[]) =>
    Object.entries(badReleaseFigures(slow2x, runs)).flatMap(([name, { pass }]) => (pass === false ? [name] : []));
  expect(failing([one({})])).toEqual([]);
  expect(failing([one({ lost: 1, lostInAll: 1 })])).toEqual(["slow2x_lost_in_all"]);
  expect(failing([one({ lostInAll: 1 })])).toEqual(["slow2x_lost_in_all"]);
  expect(failing([one({ exitCode: 20 })])).toEqual(["slow2x_back_and_truthful_runs"]);
  const figures = badReleaseFigures(slow2x, [one({}), one({ p95Ms: { good: 160, bad: 300 } })]);
  expect(figures).toMatchObject({ slow2x_good_p95_ms: { value: 160 }, slow2x_p95_ratio: { value: 1.875 } });
});

it("where the leak was found is shown, unless no run says it", () => {
  const leak = badCases.filter(({ mode }) => mode === "leak");
  const one = (changes: Partial<BadRun>) => run({ mode: "leak", ...changes });
  const old = one({});
  const figures = badReleaseFigures(leak, [
    old,
    one({ foundIn: { step: "shift", share: 50 } }),
    one({ foundIn: { step: "bake", share: 100 } }),
  ]);
  expect(figures).toMatchObject({
    leak_found_at_share_percent: { value: 100 },
    leak_found_in_bake_runs: { value: 1 },
  });
  expect(figures["leak_found_at_share_percent"]).not.toHaveProperty("pass");
  expect(badReleaseFigures(leak, [old])).not.toHaveProperty("leak_found_at_share_percent");
});

it.each([
  [{ exitCode: 0 }, ["err20_back_and_truthful_runs"]],
  [{ isBack: false }, ["err20_back_and_truthful_runs"]],
  [{ exposedS: 11 }, ["err20_exposed_s"]],
  [{ lost: 20 }, ["err20_lost_percent_of_compose"]],
])("one run with %o does not", (changes, names) => {
  expect(failed([run(changes), compose])).toEqual(names);
});

it("what Sluice's users lose later counts, and is compared with nobody", () => {
  const late = run({ lost: 6, lostInAll: 40 });
  expect(badReleaseFigures(cases, [late, compose])).toMatchObject({
    err20_lost_in_all: { value: 40 },
    err20_lost_percent_of_compose: { value: 0.667, pass: true },
  });
  expect(badReleaseNumbers(cases, [compose])).not.toHaveProperty("err20_lost_in_all");
});

it("a peer that goes back and says success is back, and not truthful", () => {
  const swarm = (changes: Partial<BadRun>) => run({ peer: "swarm", ...changes });
  const numbers = badReleaseNumbers(cases, [swarm({ exitCode: 0 }), swarm({ exitCode: 1 }), swarm({ isBack: false })]);
  expect(numbers).toMatchObject({ err20_back_runs: 2, err20_back_and_truthful_runs: 1 });
});

it("what was not measured does not pass", () => {
  const never = badCases.filter(({ mode }) => mode === "unhealthy");
  const figures = badReleaseFigures(never, [run({ peer: "swarm", mode: "unhealthy" })]);
  expect(figures).toMatchObject({
    unhealthy_back_and_truthful_runs: { pass: false },
    unhealthy_lost_in_all: { pass: false },
  });
});
