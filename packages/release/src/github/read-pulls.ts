import type { Github } from "./github.ts";
import { createApproversReader } from "./read-approvers.ts";
import { someAtATime } from "./some-at-a-time.ts";

export interface ComparedPull {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly url: string;
  /** Who may write to the repository and approved it, by their last review. */
  readonly approvedBy: readonly string[];
}

/** What brought commits: merged pull requests, by their number, and nothing for those that are `direct`. */
export interface BroughtBy {
  readonly pulls: readonly ComparedPull[];
  readonly direct: readonly string[];
}

/** Asks of every commit what brought it, and of each pull request once who approved it. @throws GithubError */
export async function readPulls(
  github: Github,
  commits: readonly string[],
  signal: AbortSignal | undefined,
): Promise<BroughtBy> {
  const brought = await someAtATime(commits, (commit) => mergedPulls(github, commit, signal));
  const merged = new Map(brought.flat().map((pull) => [pull.number, pull]));
  const approvers = createApproversReader(github, signal);
  const pulls = await someAtATime([...merged.values()], async (pull) => ({
    ...pull,
    approvedBy: await approvers(pull.number),
  }));
  return {
    pulls: pulls.toSorted((a, b) => a.number - b.number),
    direct: commits.filter((_, index) => brought[index]?.length === 0),
  };
}

async function mergedPulls(
  github: Github,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<readonly Omit<ComparedPull, "approvedBy">[]> {
  const found = await github.read(
    "list pull requests of a commit",
    ({ rest }, where) => rest.repos.listPullRequestsAssociatedWithCommit({ ...where, commit_sha: commit }),
    signal,
  );
  return found
    .filter(({ merged_at }) => merged_at !== null)
    .map(({ number, title, user, html_url }) => ({ number, title, author: user?.login ?? "", url: html_url }));
}
