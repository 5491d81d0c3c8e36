import type { Anchor } from "./anchors.ts";
import {
  commitStateOf,
  type DeploymentState,
  type ShownDeployment,
  type ShownState,
  shortened,
} from "./deployment-states.ts";
import type { Github } from "./github.ts";
import { ofSluice } from "./payload.ts";

/** Shows deployments on GitHub. */
export interface DeploymentReporter {
  /**
   * Sees to it that GitHub shows a deployment with these states, in order. What it shows already is not sent again, also
   * when another process sent it or an answer was lost: each is there once. After `success` the deployments of the stack
   * that it takes the place of become `inactive`.
   *
   * @throws GithubError
   */
  show(deployment: ShownDeployment, states: readonly ShownState[], signal?: AbortSignal): Promise<void>;
}

interface Known {
  readonly githubId: number;
  readonly states: DeploymentState[];
}

interface Listed {
  readonly githubId: number;
  readonly id: string;
}

export interface DeploymentReporterOptions {
  /** Context of a status for the commit too, such as `sluice/production`; default none. */
  readonly commitContext?: string | undefined;
  /** What a new deployment is to hold of the record; default nothing. */
  readonly anchor?: (() => Promise<Anchor | null>) | undefined;
}

/** How many earlier deployments may still be shown as active. */
const mostPredecessors = 5;
const pageSize = 100;

/**
 * Nothing is asked before the first `show`. Of what it made it remembers the states, so that one more costs one call.
 * Deployments are looked for among the newest hundred of their environment.
 */
export function createDeploymentReporter(
  github: Github,
  { commitContext, anchor }: DeploymentReporterOptions = {},
): DeploymentReporter {
  /** What is surely there. What failed in the middle is forgotten, and looked for. */
  const known = new Map<string, Known>();

  /** The newest deployments of the stack in the environment, newest first. */
  async function list({ environment, stack }: ShownDeployment, signal?: AbortSignal): Promise<readonly Listed[]> {
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

  async function statesOf(githubId: number, signal?: AbortSignal): Promise<DeploymentState[]> {
    const statuses = await github.read(
      "list statuses of a deployment",
      ({ rest }, where) => rest.repos.listDeploymentStatuses({ ...where, deployment_id: githubId, per_page: pageSize }),
      signal,
    );
    return statuses.map(({ state }) => state as DeploymentState).toReversed();
  }

  async function findOrCreate(deployment: ShownDeployment, signal?: AbortSignal): Promise<Known> {
    const found = (await list(deployment, signal)).find(({ id }) => id === deployment.id);
    if (found) return { githubId: found.githubId, states: await statesOf(found.githubId, signal) };
    // That the record cannot be read is told elsewhere.
    const audit = await anchor?.().catch(() => null);
    const { id, stack, ref, environment, isProduction, task, description } = deployment;
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
    return { githubId: made.id, states: [] };
  }

  async function post(
    { githubId, states }: Known,
    { environmentUrl, logUrl }: Pick<ShownDeployment, "environmentUrl" | "logUrl">,
    { state, description }: ShownState,
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
    states.push(state);
  }

  /** One deployment of a stack is active: the newest that succeeded. */
  async function retireOthers(deployment: ShownDeployment, mine: Known, signal?: AbortSignal): Promise<void> {
    const others = (await list(deployment, signal)).filter(({ id }) => id !== deployment.id).slice(0, mostPredecessors);
    for (const other of others) {
      const states = await statesOf(other.githubId, signal);
      if (states.at(-1) !== "success") continue;
      const isNewer = other.id > deployment.id;
      const old = isNewer ? mine : { githubId: other.githubId, states };
      if (old.states.at(-1) === "inactive") continue;
      await post(old, {}, { state: "inactive", description: "another release has taken its place" }, signal);
    }
  }

  async function setCommit({ ref, logUrl }: ShownDeployment, last: ShownState | undefined, signal?: AbortSignal) {
    const state = last ? commitStateOf(last.state) : null;
    if (!commitContext || !last || !state || !/^[0-9a-f]{40}$/.test(ref)) return;
    await github.write(
      "set the status of a commit",
      ({ rest }, where) =>
        rest.repos.createCommitStatus({
          ...where,
          sha: ref,
          state,
          context: commitContext,
          description: shortened(last.description),
          ...(logUrl ? { target_url: logUrl } : {}),
        }),
      signal,
    );
  }

  return {
    async show(deployment, states, signal) {
      const mine = known.get(deployment.id) ?? (await findOrCreate(deployment, signal));
      known.delete(deployment.id);
      const missing = states.filter(({ state }) => !mine.states.includes(state));
      for (const one of missing) await post(mine, deployment, one, signal);
      if (states.some(({ state }) => state === "success")) await retireOthers(deployment, mine, signal);
      await setCommit(deployment, states.at(-1), signal);
      known.set(deployment.id, mine);
    },
  };
}
