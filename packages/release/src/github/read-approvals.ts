import { commitOnGithub } from "./check-release.ts";
import { compareCommits, idsOf } from "./compare-releases.ts";
import type { Github } from "./github.ts";
import { GithubError } from "./github-error.ts";
import { type BroughtBy, type ComparedPull, readPulls } from "./read-pulls.ts";

/** Who stands for a deployment, as GitHub knows it. */
export interface Approvals {
  /** Of jobs of the run that waited for the reviewers of an environment. */
  readonly environment: readonly {
    readonly by: string;
    readonly state: string;
    readonly comment: string;
    /** Names of the environments that were reviewed; a run may deploy to several. */
    readonly environments: readonly string[];
  }[];
  /** Pull requests that the release brings, and who approved each. */
  readonly pulls: readonly Pick<ComparedPull, "number" | "title" | "author" | "approvedBy">[];
  /** Commits of the release that no pull request brought. */
  readonly direct: readonly string[];
  /** How many commits of the release were too many to be asked for what brought them. */
  readonly unasked: number;
  /**
   * The commit of the release before, where GitHub cannot compare with it: nothing is known then of what the release brings.
   * It was deployed without being pushed, or the history was written anew since.
   */
  readonly incomparable?: string;
}

export interface ApprovalsOf {
  readonly commit: string;
  /** Commit of the release before, where it is known; else only what brought the commit itself is told. */
  readonly previous: string | undefined;
  /** Id of the workflow run, whose environment may have waited for a review. */
  readonly run: string | undefined;
}

/** Reads who approved what goes live. @throws GithubError */
export async function readApprovals(
  github: Github,
  { commit, previous, run }: ApprovalsOf,
  signal?: AbortSignal,
): Promise<Approvals> {
  const [environment, { pulls, ...more }] = await Promise.all([
    run !== undefined && /^\d{1,15}$/.test(run) ? reviewsOf(github, Number(run), signal) : [],
    previous === undefined || previous === commit
      ? { ...(await readPulls(github, [commit], signal)), unasked: 0 }
      : readBrought(github, previous, commit, signal),
  ]);
  const told = pulls.map(({ number, title, author, approvedBy }) => ({ number, title, author, approvedBy }));
  return { environment, pulls: told, ...more };
}

async function readBrought(
  github: Github,
  previous: string,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<BroughtBy & Pick<Approvals, "unasked" | "incomparable">> {
  const compared = await compareCommits(github, previous, commit, signal).catch(async (error: unknown) => {
    if (!(error instanceof GithubError) || (error.status !== 404 && error.status !== 422)) throw error;
    // The same is answered for a commit that was not pushed, and for a repository that is hidden from this token.
    await commitOnGithub(github, commit, signal);
    return null;
  });
  if (compared === null) return { pulls: [], direct: [], unasked: 0, incomparable: previous };
  return { ...(await readPulls(github, idsOf(compared), signal)), unasked: compared.unasked };
}

async function reviewsOf(github: Github, run: number, signal?: AbortSignal): Promise<Approvals["environment"]> {
  const reviews = await github.read(
    "read the reviews of the run",
    ({ rest }, where) => rest.actions.getReviewsForRun({ ...where, run_id: run }),
    signal,
  );
  return reviews.map(({ user, state, comment, environments }) => ({
    by: user?.login ?? "",
    state,
    comment,
    environments: environments.flatMap(({ name }) => (name === undefined ? [] : [name])),
  }));
}
