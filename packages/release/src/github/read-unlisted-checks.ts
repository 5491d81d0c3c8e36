import type { Github } from "./github.ts";
import { readPages } from "./read-pages.ts";
import { someAtATime } from "./some-at-a-time.ts";

/** As much of a check run as decides. */
export interface CheckRun {
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly details_url: string | null;
  readonly check_suite: { readonly id: number } | null;
}

/** Of a commit GitHub lists the checks of so many suites, the newest. https://docs.github.com/rest/checks/runs */
const listedSuites = 1_000;

/** Whether a commit may have checks that are not among those that GitHub lists. Pure. */
export function isCutOff(runs: readonly CheckRun[]): boolean {
  return suitesOf(runs).size >= listedSuites;
}

/**
 * Checks of a commit that GitHub does not list, as too many suites are newer: a clock starts one each half hour on the head of
 * a branch, and after some weeks those of the push itself lie behind them.
 *
 * @param listed those that it lists
 * @param others ids of suites that need not be read
 * @throws GithubError
 */
export async function readUnlistedChecks(
  github: Github,
  commit: string,
  listed: readonly CheckRun[],
  others: ReadonlySet<number>,
  signal?: AbortSignal,
): Promise<readonly CheckRun[]> {
  const suites = await readPages(async (page) => {
    const { check_suites } = await github.read(
      "list check suites",
      ({ rest }, where) => rest.checks.listSuitesForRef({ ...where, ref: commit, ...page }),
      signal,
    );
    return check_suites;
  });
  const known = suitesOf(listed);
  // Every app that may make checks has a suite of each commit, most of them an empty one.
  const unlisted = suites.filter(
    ({ id, latest_check_runs_count: runs }) => runs > 0 && !known.has(id) && !others.has(id),
  );
  const runs = await someAtATime(unlisted, ({ id }) =>
    readPages(async (page) => {
      const { check_runs } = await github.read(
        "list checks of a suite",
        ({ rest }, where) => rest.checks.listForSuite({ ...where, check_suite_id: id, filter: "latest", ...page }),
        signal,
      );
      return check_runs;
    }),
  );
  return runs.flat();
}

function suitesOf(runs: readonly CheckRun[]): ReadonlySet<number> {
  return new Set(runs.flatMap(({ check_suite }) => check_suite?.id ?? []));
}
