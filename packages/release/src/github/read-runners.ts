import type { Github } from "./github.ts";

/** A runner of the repository, as GitHub sees it. Those of an organization are not among them. */
export interface GithubRunner {
  readonly name: string;
  readonly isOnline: boolean;
  readonly labels: readonly string[];
}

/** More than one repository has. */
const mostRunners = 100;

/**
 * Reads the runners of a repository. Needs the right to administer it, which the token of a workflow cannot have.
 * https://docs.github.com/rest/actions/self-hosted-runners
 *
 * @throws GithubError GITHUB_DENIED without that right
 */
export async function readGithubRunners(github: Github, signal?: AbortSignal): Promise<readonly GithubRunner[]> {
  const { runners } = await github.read(
    "list the runners",
    ({ rest }, where) => rest.actions.listSelfHostedRunnersForRepo({ ...where, per_page: mostRunners }),
    signal,
  );
  return runners.map(({ name, status, labels }) => ({
    name,
    isOnline: status === "online",
    labels: labels.map((label) => label.name),
  }));
}
