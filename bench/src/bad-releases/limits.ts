import { atLeast, atMost, type Figure, type Figures, type Numbers, shown } from "../result.ts";
import type { BadCase } from "./cases.ts";
import type { BadRun } from "./observe-bad-release.ts";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** Of none there is no worst: nothing passes by not having been measured. */
const worst = (values: readonly number[]): number => (values.length > 0 ? Math.max(...values) : Number.NaN);
const mean = (values: readonly number[]): number => (values.length > 0 ? sum(values) / values.length : Number.NaN);

/** Of each bad version: users are spared it, the version before is back, and the exit code says so. */
export function badReleaseFigures(cases: readonly BadCase[], runs: readonly BadRun[]): Figures {
  const figures: Record<string, Figure> = {};
  for (const { mode, exitCodes, losesNone } of cases) {
    const [mine, theirs] = ["sluice", "compose"].map((peer) =>
      runs.filter((run) => run.peer === peer && run.mode === mode),
    ) as [BadRun[], BadRun[]];
    const truthful = mine.filter(({ exitCode, isBack }) => isBack && exitCodes.includes(exitCode));
    figures[`${mode}_back_runs`] = shown(backRuns(mine));
    figures[`${mode}_back_and_truthful_runs`] = atLeast(truthful.length, Math.max(1, mine.length));
    const lost = worst(mine.map((run) => run.lost));
    figures[`${mode}_lost`] = losesNone ? atMost(lost, 0) : shown(lost);
    figures[`${mode}_met`] = shown(mean(mine.map(({ met }) => met)));
    figures[`${mode}_exposed_s`] = shown(worst(mine.map(({ exposedS }) => exposedS)));
    if (mode !== "err20") continue;
    figures["err20_exposed_s"] = atMost(worst(mine.map(({ exposedS }) => exposedS)), 10);
    const part = (mean(mine.map((run) => run.lost)) / mean(theirs.map((run) => run.lost))) * 100;
    figures["err20_lost_percent_of_compose"] = atMost(part, 1);
  }
  return figures;
}

const backRuns = (runs: readonly BadRun[]): number => runs.filter(({ isBack }) => isBack).length;

/** The same of a peer, for the table. Its exit code is true to a version that did not stay unless it says success. */
export function badReleaseNumbers(cases: readonly BadCase[], runs: readonly BadRun[]): Numbers {
  return Object.fromEntries(
    cases.flatMap(({ mode }) => {
      const own = runs.filter((run) => run.mode === mode);
      const truthful = own.filter(({ exitCode, isBack }) => isBack && exitCode !== 0);
      return [
        [`${mode}_back_runs`, backRuns(own)],
        [`${mode}_back_and_truthful_runs`, truthful.length],
        [`${mode}_lost`, mean(own.map(({ lost }) => lost))],
        [`${mode}_met`, mean(own.map(({ met }) => met))],
        [`${mode}_exposed_s`, worst(own.map(({ exposedS }) => exposedS))],
      ];
    }),
  );
}
