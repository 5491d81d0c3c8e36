import { type GithubAnswer, type GithubRequest, ok, pageOf } from "./answers.ts";
import { sampleOf } from "./api-description.ts";
import { commitOf, type GithubCheck, type GithubState } from "./github-state.ts";

/** GitHub lists the checks of the newest suites of a commit, and the newest runs, and leaves the others out. */
const most = 1_000;
const newest = Date.UTC(2026, 4, 1);

/** Checks of commits, their suites, and the runs of workflows that make them; all are listed in the order of the state. */
export const checkHandlers: Readonly<Record<string, (state: GithubState, request: GithubRequest) => GithubAnswer>> = {
  "checks/list-for-ref": (state, { params, query }) => {
    const checks = checksOf(state, params["ref"]);
    const listed = new Set(suitesOf(state, params["ref"]).slice(0, most));
    return checkRuns(
      checks.filter(({ suite }) => suite === undefined || listed.has(suite)),
      query,
    );
  },
  "checks/list-suites-for-ref": (state, { params, query }) => {
    const checks = checksOf(state, params["ref"]);
    const suites = suitesOf(state, params["ref"]);
    const listed = pageOf(suites, query).map((id) => ({
      ...sampleOf("check-suite"),
      id,
      latest_check_runs_count: checks.filter(({ suite }) => suite === id).length,
    }));
    return ok({ total_count: suites.length, check_suites: listed });
  },
  "checks/list-for-suite": (state, { params, query }) => {
    const checks = [...state.commits.values()].flatMap((commit) => commit.checks ?? []);
    return checkRuns(
      checks.filter(({ suite }) => suite === Number(params["check_suite_id"])),
      query,
    );
  },
  "actions/list-workflow-runs-for-repo": ({ commits }, { query }) => {
    const sha = query.get("head_sha") ?? "";
    const until = query.get("created")?.replace("<=", "") ?? "9999";
    // Each begins half an hour before the one that is listed before it.
    const runs = (commits.get(sha)?.runs ?? [])
      .map((run, index) => ({ ...run, created_at: new Date(newest - index * 1_800_000).toISOString() }))
      .filter(({ created_at }) => created_at <= until);
    const listed = pageOf(runs.slice(0, most), query).map(({ suite, ...run }) => ({
      ...sampleOf("workflow-run"),
      ...run,
      head_sha: sha,
      check_suite_id: suite,
    }));
    return ok({ total_count: runs.length, workflow_runs: listed });
  },
};

function checksOf(state: GithubState, ref = ""): readonly GithubCheck[] {
  return state.commits.get(commitOf(state, ref) ?? "")?.checks ?? [];
}

/** Those of runs that were cancelled before they had a check come before all others. */
function suitesOf(state: GithubState, ref?: string): readonly number[] {
  const { runs = [] } = state.commits.get(commitOf(state, ref ?? "") ?? "") ?? {};
  const checked = new Set(checksOf(state, ref).flatMap(({ suite }) => suite ?? []));
  return [...new Set(runs.map(({ suite }) => suite).filter((suite) => !checked.has(suite))), ...checked];
}

function checkRuns(checks: readonly GithubCheck[], query: URLSearchParams): GithubAnswer {
  const runs = pageOf(checks, query).map(({ suite, ...check }) => ({
    ...sampleOf("check-run"),
    ...check,
    check_suite: suite === undefined ? null : { id: suite },
  }));
  return ok({ total_count: checks.length, check_runs: runs });
}
