import type { Anchor } from "./anchors.ts";
import {
  type CommitState,
  type DeploymentState,
  type ShownDeployment,
  type ShownState,
  shortened,
} from "./deployment-states.ts";
import type { Github } from "./github.ts";
import { ofSluice } from "./payload.ts";

/** A deployment that Sluice has made on GitHub. */
export interface Listed {
  readonly githubId: number;
  readonly id: string;
}

const pageSize = 100;

/** Deployments of the stack among the newest hundred of the environment, newest first. @throws GithubError */
export async function listDeployments(
  github: Github,
  { environment, stack }: Pick<ShownDeployment, "environment" | "stack">,
  signal?: AbortSignal,
): Promise<readonly Listed[]> {
  const found = await github.read(
    "list deployments",
    ({ rest }, where) => rest.repos.listDeployments({ ...where, environment, per_page: pageSize }),
    signal,
  );
  return found.flatMap(({ id: githubId, payload }) => {
    const mine = ofSluice(payload);
    return mine?.stack === stack ? [{ githubId, id: mine.deployment }] : [];
  });
}

/** What a deployment has been, oldest first. @throws GithubError */
export async function readStates(github: Github, githubId: number, signal?: AbortSignal): Promise<ShownState[]> {
  const statuses = await github.read(
    "list statuses of a deployment",
    ({ rest }, where) => rest.repos.listDeploymentStatuses({ ...where, deployment_id: githubId, per_page: pageSize }),
    signal,
  );
  return statuses.map(({ state, description }) => ({ state: state as DeploymentState, description })).toReversed();
}

/** Makes a deployment that holds its id, by which it is found again. Resolves with GitHub's id. @throws GithubError */
export async function makeDeployment(
  github: Github,
  { id, stack, ref, environment, isProduction, task, description }: ShownDeployment,
  audit: Anchor | null | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const made = await github.write(
    "create a deployment",
    ({ rest }, where) =>
      rest.repos.createDeployment({
        ...where,
        ref,
        environment,
        task,
        description: shortened(description),
        payload: { sluice: { deployment: id, stack, ...(audit ? { audit } : {}) } },
        // It is being deployed already: GitHub is told, not asked.
        auto_merge: false,
        required_contexts: [],
        production_environment: isProduction,
        transient_environment: false,
      }),
    signal,
  );
  if (!("id" in made)) throw new TypeError("GitHub merged instead of making a deployment");
  return made.id;
}

/** Says how a deployment stands now. @throws GithubError */
export async function postState(
  github: Github,
  githubId: number,
  { state, description }: ShownState,
  { environmentUrl, logUrl }: Pick<ShownDeployment, "environmentUrl" | "logUrl">,
  signal?: AbortSignal,
): Promise<void> {
  await github.write(
    `set a deployment to ${state}`,
    ({ rest }, where) =>
      rest.repos.createDeploymentStatus({
        ...where,
        deployment_id: githubId,
        state,
        description: shortened(description),
        // Done here, as GitHub leaves deployments to production as they are.
        auto_inactive: false,
        ...(environmentUrl ? { environment_url: environmentUrl } : {}),
        ...(logUrl ? { log_url: logUrl } : {}),
      }),
    signal,
  );
}

/** Says how the deployment of a commit stands, under a context such as `sluice/production`. @throws GithubError */
export async function setCommitStatus(
  github: Github,
  { sha, logUrl }: { readonly sha: string; readonly logUrl: string | undefined },
  {
    state,
    context,
    description,
  }: { readonly state: CommitState; readonly context: string; readonly description: string },
  signal?: AbortSignal,
): Promise<void> {
  await github.write(
    "set the status of a commit",
    ({ rest }, where) =>
      rest.repos.createCommitStatus({
        ...where,
        sha,
        state,
        context,
        description: shortened(description),
        ...(logUrl ? { target_url: logUrl } : {}),
      }),
    signal,
  );
}
