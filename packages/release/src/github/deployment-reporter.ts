import type { Anchor } from "./anchors.ts";
import { listDeployments, makeDeployment, postState, readStates, setCommitStatus } from "./deployment-calls.ts";
import { commitStateOf, type ShownDeployment, type ShownState, shortened } from "./deployment-states.ts";
import type { Github } from "./github.ts";

/** Shows deployments on GitHub. */
export interface DeploymentReporter {
  /**
   * Sees to it that GitHub shows a deployment with these states, in order. What it shows already is not sent again, also
   * when another process sent it or an answer was lost: each is there once, and the last one once more where it is worded
   * otherwise, as it may end so again. After `success` the deployments of the stack
   * that it takes the place of become `inactive`.
   *
   * @throws GithubError
   */
  show(deployment: ShownDeployment, states: readonly ShownState[], signal?: AbortSignal): Promise<void>;
}

interface Known {
  readonly githubId: number;
  readonly states: ShownState[];
}

export interface DeploymentReporterOptions {
  /** Context of a status for the commit too, such as `sluice/production`; default none. */
  readonly commitContext?: string | undefined;
  /** What a new deployment is to hold of the record; default nothing. */
  readonly anchor?: (() => Promise<Anchor | null>) | undefined;
}

/** How many earlier deployments may still be shown as active. */
const mostPredecessors = 5;
const retired: ShownState = { state: "inactive", description: "another release has taken its place" };

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

  async function findOrMake(deployment: ShownDeployment, signal?: AbortSignal): Promise<Known> {
    const found = (await listDeployments(github, deployment, signal)).find(({ id }) => id === deployment.id);
    if (found) return { githubId: found.githubId, states: await readStates(github, found.githubId, signal) };
    // That the record cannot be read is told elsewhere.
    const audit = await anchor?.().catch(() => null);
    return { githubId: await makeDeployment(github, deployment, audit, signal), states: [] };
  }

  /** One deployment of a stack is active: the newest that succeeded. */
  async function retireOthers(deployment: ShownDeployment, mine: Known, signal?: AbortSignal): Promise<void> {
    const all = await listDeployments(github, deployment, signal);
    for (const other of all.filter(({ id }) => id !== deployment.id).slice(0, mostPredecessors)) {
      const states = await readStates(github, other.githubId, signal);
      if (states.at(-1)?.state !== "success") continue;
      const isNewer = other.id > deployment.id;
      const old = isNewer ? mine : { githubId: other.githubId, states };
      if (old.states.at(-1)?.state === "inactive") continue;
      await postState(github, old.githubId, retired, {}, signal);
      old.states.push(retired);
    }
  }

  async function setCommit({ ref, logUrl }: ShownDeployment, last: ShownState | undefined, signal?: AbortSignal) {
    const state = last ? commitStateOf(last.state) : null;
    if (!commitContext || !last || !state || !/^[0-9a-f]{40}$/.test(ref)) return;
    const { description } = last;
    await setCommitStatus(github, { sha: ref, logUrl }, { state, context: commitContext, description }, signal);
  }

  return {
    async show(deployment, states, signal) {
      const mine = known.get(deployment.id) ?? (await findOrMake(deployment, signal));
      known.delete(deployment.id);
      const last = states.at(-1);
      for (const one of states) {
        const isNew = mine.states.every(({ state }) => state !== one.state);
        if (!isNew && !(one === last && isReworded(mine.states.at(-1), one))) continue;
        await postState(github, mine.githubId, one, deployment, signal);
        mine.states.push(one);
      }
      if (states.some(({ state }) => state === "success")) await retireOthers(deployment, mine, signal);
      await setCommit(deployment, last, signal);
      known.set(deployment.id, mine);
    },
  };
}

/** GitHub keeps no more of a description than it takes. */
function isReworded(shown: ShownState | undefined, wanted: ShownState): boolean {
  return shown?.state === wanted.state && shortened(shown.description) !== shortened(wanted.description);
}
