import type { Github } from "./github.ts";
import { GithubError } from "./github-error.ts";
import { readPages } from "./read-pages.ts";

/** Their runs belong to the commit that was the newest then, or that a release names, and judge something else. */
const otherEvents: readonly string[] = ["schedule", "workflow_dispatch", "release"];

/**
 * Ids of check suites of a commit that are no checks of it: what a clock, a person or a release started, and the workflows
 * that are named. `null` where the token may not see runs of workflows.
 *
 * @param workflows paths of their files
 * @throws GithubError for anything but that
 */
export async function readOtherSuites(
  github: Github,
  commit: string,
  workflows: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlySet<number> | null> {
  try {
    const runs = await readPages(async (page) => {
      const { workflow_runs } = await github.read(
        "list runs of workflows",
        ({ rest }, where) =>
          rest.actions.listWorkflowRunsForRepo({ ...where, head_sha: commit, exclude_pull_requests: true, ...page }),
        signal,
      );
      return workflow_runs;
    });
    // A path may end in the ref that it was read at.
    const others = runs.filter(
      ({ event, path }) => otherEvents.includes(event) || workflows.includes(path.replace(/@.*$/, "")),
    );
    return new Set(others.flatMap(({ check_suite_id }) => check_suite_id ?? []));
  } catch (error) {
    if (error instanceof GithubError && (error.status === 403 || error.status === 404)) return null;
    throw error;
  }
}
