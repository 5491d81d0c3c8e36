import type { Github } from "./github.ts";
import { createApproversReader, type ReadApprovers } from "./read-approvers.ts";

export interface ComparedCommit {
  readonly commit: string;
  /** First line of the message. */
  readonly subject: string;
  readonly author: string;
}

export interface ComparedPull {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly url: string;
  /** Who may write to the repository and approved it, by their last review. */
  readonly approvedBy: readonly string[];
}

/** What came to a release since another one. */
export interface ReleaseComparison {
  readonly from: string;
  readonly to: string;
  /** Oldest first. */
  readonly commits: readonly ComparedCommit[];
  /** How many there are; more than `commits` holds where there are very many. */
  readonly ahead: number;
  /** Commits of `from` that `to` has not: more than none where it goes back, or on another branch. */
  readonly behind: number;
  /** Merged pull requests that brought the commits. */
  readonly pulls: readonly ComparedPull[];
  /** Commits that no merged pull request brought, and those that are too many to be asked for. */
  readonly direct: readonly string[];
  /** For people. */
  readonly url: string;
}

/** More are not asked for one by one. */
const mostCommits = 250;
const mostWithPulls = 50;

/** Compares two tags, branches or commits. @throws GithubError, GITHUB_REFUSED for one that is not there */
export async function compareReleases(
  github: Github,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<ReleaseComparison> {
  const basehead = `${from}...${to}`;
  const answer = await github.read(
    `compare ${from} and ${to}`,
    ({ rest }, where) => rest.repos.compareCommitsWithBasehead({ ...where, basehead, per_page: mostCommits }),
    signal,
  );
  const commits = answer.commits.map(({ sha, commit, author }) => ({
    commit: sha,
    subject: commit.message.split("\n")[0] ?? "",
    author: author?.login ?? commit.author?.name ?? "",
  }));
  const pulls = new Map<number, ComparedPull>();
  const direct = commits.slice(0, -mostWithPulls).map(({ commit }) => commit);
  const approvers = createApproversReader(github, signal);
  for (const { commit } of commits.slice(-mostWithPulls)) {
    const found = await pullsOf(github, commit, approvers, new Set(pulls.keys()), signal);
    if (found.count === 0) direct.push(commit);
    for (const pull of found.pulls) pulls.set(pull.number, pull);
  }
  return {
    from,
    to,
    commits,
    ahead: answer.ahead_by,
    behind: answer.behind_by,
    pulls: [...pulls.values()].toSorted((a, b) => a.number - b.number),
    direct,
    url: answer.html_url,
  };
}

/** Merged pull requests that brought a commit: how many, and those that are not known yet. @throws GithubError */
export async function pullsOf(
  github: Github,
  commit: string,
  approvers: ReadApprovers,
  known: ReadonlySet<number>,
  signal: AbortSignal | undefined,
): Promise<{ readonly count: number; readonly pulls: readonly ComparedPull[] }> {
  const found = await github.read(
    "list pull requests of a commit",
    ({ rest }, where) => rest.repos.listPullRequestsAssociatedWithCommit({ ...where, commit_sha: commit }),
    signal,
  );
  const merged = found.filter(({ merged_at }) => merged_at !== null);
  const pulls = await Promise.all(
    merged
      .filter(({ number }) => !known.has(number))
      .map(async ({ number, title, user, html_url }) => ({
        number,
        title,
        author: user?.login ?? "",
        url: html_url,
        approvedBy: await approvers(number),
      })),
  );
  return { count: merged.length, pulls };
}
