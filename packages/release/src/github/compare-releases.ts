import type { Github } from "./github.ts";
import { type BroughtBy, type ComparedPull, readPulls } from "./read-pulls.ts";

export interface ComparedCommit {
  readonly commit: string;
  /** First line of the message. */
  readonly subject: string;
  readonly author: string;
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
  /** Commits that no merged pull request brought. */
  readonly direct: readonly string[];
  /** How many commits it was not asked for what brought them, as there are very many. */
  readonly unasked: number;
  /** For people. */
  readonly url: string;
}

/** As large as GitHub makes a page, whatever is asked for. */
const pageSize = 100;
/** Commits on more pages are neither listed nor asked for. */
const mostPages = 3;

/** Compares two tags, branches or commits. @throws GithubError, GITHUB_REFUSED for one that is not there */
export async function compareReleases(
  github: Github,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<ReleaseComparison> {
  const compared = await compareCommits(github, from, to, signal);
  return { ...compared, ...(await readPulls(github, idsOf(compared), signal)) };
}

/** The same without what brought the commits. @throws GithubError, GITHUB_REFUSED also where the two have no history in common */
export async function compareCommits(
  github: Github,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<Omit<ReleaseComparison, keyof BroughtBy>> {
  const basehead = `${from}...${to}`;
  const read = (page: number) =>
    github.read(
      `compare ${from} and ${to}`,
      ({ rest }, where) => rest.repos.compareCommitsWithBasehead({ ...where, basehead, per_page: pageSize, page }),
      signal,
    );
  const first = await read(1);
  const pages = Math.min(mostPages, Math.ceil(first.ahead_by / pageSize));
  const others = await Promise.all(Array.from({ length: Math.max(0, pages - 1) }, (_, index) => read(index + 2)));
  const commits = [first, ...others]
    .flatMap((answer) => answer.commits)
    .map(({ sha, commit, author }) => ({
      commit: sha,
      subject: commit.message.split("\n")[0] ?? "",
      author: author?.login ?? commit.author?.name ?? "",
    }));
  return {
    from,
    to,
    commits,
    ahead: first.ahead_by,
    behind: first.behind_by,
    unasked: Math.max(0, first.ahead_by - commits.length),
    url: first.html_url,
  };
}

export function idsOf({ commits }: Pick<ReleaseComparison, "commits">): readonly string[] {
  return commits.map(({ commit }) => commit);
}
