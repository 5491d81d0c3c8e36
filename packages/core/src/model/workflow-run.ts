/** What GitHub Actions says of the run that a process is part of. Nothing of it is there elsewhere. */
export interface WorkflowRun {
  /** A step of a workflow runs the process, and a runner reads its log along. */
  readonly isStep: boolean;
  /** On a runner of people's own, not of GitHub. */
  readonly isSelfHosted: boolean;
  readonly id: string | undefined;
  /** Its page. */
  readonly link: string | undefined;
  /** `owner/name`. */
  readonly repository: string | undefined;
  /** Where GitHub is asked. */
  readonly apiUrl: string | undefined;
  /** Who started it. Of a run that is run again, who did that. */
  readonly actor: string | undefined;
  /** That one, and who started it first. */
  readonly startedBy: readonly string[];
  /** What started it: its name, and the file that tells of it. */
  readonly event: { readonly name: string | undefined; readonly path: string | undefined };
  /** Files in which a step hands on its outputs and what it adds to the summary of the job. */
  readonly outputs: string | undefined;
  readonly summary: string | undefined;
  /** A directory that is emptied after the job. */
  readonly temporary: string | undefined;
}

/**
 * What is set and empty there counts as not said. Pure.
 * https://docs.github.com/actions/reference/workflows-and-actions/variables
 */
export function readWorkflowRun(env: Readonly<Record<string, string | undefined>>): WorkflowRun {
  const said = (name: string) => env[name] || undefined;
  const [server, repository, id] = [said("GITHUB_SERVER_URL"), said("GITHUB_REPOSITORY"), said("GITHUB_RUN_ID")];
  const [first, again] = [said("GITHUB_ACTOR"), said("GITHUB_TRIGGERING_ACTOR")];
  return {
    isStep: said("GITHUB_ACTIONS") === "true",
    isSelfHosted: said("RUNNER_ENVIRONMENT") === "self-hosted",
    id,
    link: server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined,
    repository,
    apiUrl: said("GITHUB_API_URL"),
    actor: again ?? first,
    startedBy: [first, again].filter((name) => name !== undefined),
    event: { name: said("GITHUB_EVENT_NAME"), path: said("GITHUB_EVENT_PATH") },
    outputs: said("GITHUB_OUTPUT"),
    summary: said("GITHUB_STEP_SUMMARY"),
    temporary: said("RUNNER_TEMP"),
  };
}
