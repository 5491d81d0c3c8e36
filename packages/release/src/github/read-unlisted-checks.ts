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

/** As much of a check suite as decides whether it has to be read. */
export interface CheckSuite {
  readonly id: number;
  readonly latest_check_runs_count: number;
}

/** Of a commit GitHub lists the checks of so many suites, the newest. https://docs.github.com/rest/checks/runs */
const listedSuites = 1_000;

/** Whether a commit may have checks that are not among those that GitHub lists. Suites without a check count too. Pure. */
export function isCutOff(suites: readonly CheckSuite[]): boolean {
  return suites.length >= listedSuites;
}

/** All check suites of a commit. @throws GithubError */
export async function readSuites(github: Github, commit: string, signal?: AbortSignal): Promise<readonly CheckSuite[]> {
  return readPages(async (page) => {
    const { check_suites } = await github.read(
      "list check suites",
      ({ rest }, where) => rest.checks.listSuitesForRef({ ...where, ref: commit, ...page }),
      signal,
    );
    return check_suites;
  });
}

/**
 * Checks of a commit that GitHub does not list, as too many suites are newer: a clock starts one each half hour on the head of
 * a branch, and after some weeks those of the push itself lie behind them.
 *
 * @param listed those that it lists
 * @param suites read before `others`: what begins in between is then not taken for a check
 * @param others ids of suites that need not be read
 * @throws GithubError
 */
export async function readUnlistedChecks(
  github: Github,
  listed: readonly CheckRun[],
  suites: readonly CheckSuite[],
  others: ReadonlySet<number>,
  signal?: AbortSignal,
): Promise<readonly CheckRun[]> {
  const known = new Set(listed.flatMap(({ check_suite }) => check_suite?.id ?? []));
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
