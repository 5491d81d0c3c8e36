import type { Github } from "./github.ts";
import { GithubError } from "./github-error.ts";
import { readPages } from "./read-pages.ts";

/** Their runs belong to the commit that was the newest then, or that a release names, and judge something else. */
const otherEvents: readonly string[] = ["schedule", "workflow_dispatch", "release"];

/** GitHub answers a question for runs of a commit with the newest 1,000. */
const mostPages = 10;
/** Older ones are asked for by their date, so many times: 5,000 runs are enough to decide by. */
const mostTimes = 5;

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
    const others = new Set<number>();
    let until: string | undefined;
    for (let time = 1; time <= mostTimes; time++) {
      const created = until === undefined ? {} : { created: `<=${until}` };
      const runs = await readPages(async (page) => {
        const { workflow_runs } = await github.read(
          "list runs of workflows",
          ({ rest }, where) =>
            rest.actions.listWorkflowRunsForRepo({
              ...where,
              head_sha: commit,
              exclude_pull_requests: true,
              ...created,
              ...page,
            }),
          signal,
        );
        return workflow_runs;
      }, mostPages);
      for (const { event, path, check_suite_id: suite } of runs) {
        // A path may end in the ref that it was read at.
        const isOther = otherEvents.includes(event) || workflows.includes(path.replace(/@.*$/, ""));
        if (isOther && suite !== undefined) others.add(suite);
      }
      const [oldest] = runs.map(({ created_at }) => created_at).toSorted();
      if (runs.length < mostPages * 100 || oldest === until) break;
      until = oldest;
    }
    return others;
  } catch (error) {
    if (error instanceof GithubError && (error.status === 403 || error.status === 404)) return null;
    throw error;
  }
}
