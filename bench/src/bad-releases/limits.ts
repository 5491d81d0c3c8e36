import { atLeast, atMost, type Figure, type Figures, type Numbers, shown } from "../result.ts";
import type { BadCase } from "./cases.ts";
import type { BadRun } from "./observe-bad-release.ts";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** Of none there is no worst: nothing passes by not having been measured. */
const worst = (values: readonly number[]): number => (values.length > 0 ? Math.max(...values) : Number.NaN);
const least = (values: readonly number[]): number => (values.length > 0 ? Math.min(...values) : Number.NaN);
const mean = (values: readonly number[]): number => (values.length > 0 ? sum(values) / values.length : Number.NaN);

/** Of each bad version: users are spared it, the version before is back, and the exit code says so. */
export function badReleaseFigures(cases: readonly BadCase[], runs: readonly BadRun[]): Figures {
  const figures: Record<string, Figure> = {};
  for (const { mode, exitCodes, losesNone, baseMs = 0 } of cases) {
    const own = runs.filter((run) => run.mode === mode);
    const mine = own.filter(({ peer }) => peer === "sluice");
    const truthful = mine.filter(({ exitCode, isBack }) => isBack && exitCodes.includes(exitCode));
    figures[`${mode}_back_runs`] = shown(backRuns(mine));
    figures[`${mode}_back_and_truthful_runs`] = atLeast(truthful.length, Math.max(1, mine.length));
    const lost = worst(mine.map((run) => run.lost));
    figures[`${mode}_lost`] = shown(lost);
    const lostInAll = worst(mine.map((run) => run.lostInAll));
    figures[`${mode}_lost_in_all`] = losesNone ? atMost(lostInAll, 0) : shown(lostInAll);
    figures[`${mode}_met`] = shown(mean(mine.map(({ met }) => met)));
    figures[`${mode}_exposed_s`] = shown(worst(mine.map(({ exposedS }) => exposedS)));
    Object.assign(figures, whereFound(mode, mine), baseMs > 0 ? slowness(mode, mine) : {});
    if (mode !== "err20") continue;
    figures["err20_exposed_s"] = atMost(worst(mine.map(({ exposedS }) => exposedS)), 10);
    // Compose can be everywhere. Of each the run in which its users lost least.
    for (const peer of new Set(["compose", ...own.map((run) => run.peer)])) {
      if (peer === "sluice") continue;
      const theirs = least(own.filter((run) => run.peer === peer).map((run) => run.lost));
      figures[`err20_lost_percent_of_${peer}`] = atMost((lost / theirs) * 100, 1);
    }
  }
  return figures;
}

/** Of the runs that say it: the most of the users that it had when it was found, and how often that was in the bake only. */
function whereFound(mode: string, runs: readonly BadRun[]): Figures {
  const found = runs.flatMap((run) => run.foundIn ?? []);
  if (found.length === 0) return {};
  return {
    [`${mode}_found_at_share_percent`]: shown(worst(found.map(({ share }) => share))),
    [`${mode}_found_in_bake_runs`]: shown(found.filter(({ step }) => step === "bake").length),
  };
}

/** The 95th percentile of the good version, and by what the bad one's was more in the run in which that was least. */
function slowness(mode: string, runs: readonly BadRun[]): Figures {
  const p95 = runs.flatMap((run) => run.p95Ms ?? []);
  return {
    [`${mode}_good_p95_ms`]: shown(worst(p95.map(({ good }) => good))),
    [`${mode}_p95_ratio`]: shown(least(p95.map(({ good, bad }) => bad / good))),
  };
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
