import type { EventBody, Told } from "@sluice/core";
import type { Message, Notification } from "@sluice/notify";
import type { DeploymentState, ShownDeployment, ShownState } from "@sluice/release";
import type { GithubPlace } from "./open-github.ts";

export type StartEvent = Extract<EventBody, { type: "deployment-start" }>;

/** A deployment as GitHub is to show it. */
export interface Shown {
  readonly deployment: ShownDeployment;
  readonly states: readonly ShownState[];
}

interface Facts {
  readonly id: string;
  readonly kind: string;
  readonly tag: string;
  readonly stack: string;
  readonly actor: string;
  readonly commit: string | undefined;
  readonly link: string | undefined;
}

/** What GitHub is to show of a deployment that has begun. Pure. */
export function shownAtStart(
  { deployment: id, kind, tag, actor }: StartEvent,
  about: Pick<Facts, "stack" | "commit" | "link">,
  place: GithubPlace,
): Shown {
  const facts = { id, kind, tag, actor, ...about };
  return { deployment: deploymentOf(facts, place), states: begun(facts) };
}

/** The whole of a deployment that has ended, for what GitHub does not show yet; `null` for one that never began. Pure. */
export function shownAtEnd(notification: Notification, { title }: Message, place: GithubPlace): Shown | null {
  const { deployment: id, kind, release: tag, stack, actor, commit, link, outcome, cause } = notification;
  const state = endStates[outcome];
  if (id === undefined || state === null || (commit === undefined && tag === "")) return null;
  const facts = { id, kind, tag, stack, actor, commit, link };
  const description = cause ? `${title}: ${cause}` : title;
  return { deployment: deploymentOf(facts, place), states: [...begun(facts), { state, description }] };
}

/** How GitHub words an ending. `failure`: the release was judged, and was not good; `error`: it is not known to be. */
const endStates: Readonly<Record<Told, DeploymentState | null>> = {
  planned: null,
  // Told beside it, not by the outbox.
  begun: null,
  live: "success",
  failed: "failure",
  "rolled-back": "failure",
  "needs-person": "error",
  interrupted: "error",
  "window-closed": null,
  "waits-for-person": null,
  // No deployment's.
  "checks-failed": null,
  "checks-mended": null,
  "backup-failed": null,
  "backup-mended": null,
};

function deploymentOf({ id, kind, tag, stack, commit, link }: Facts, place: GithubPlace): ShownDeployment {
  return {
    id,
    stack,
    ref: commit ?? tag,
    environment: place.environment,
    isProduction: place.isProduction,
    task: kind,
    description: `${tag} on ${stack}`,
    environmentUrl: place.url,
    logUrl: link,
  };
}

function begun({ kind, tag, actor }: Facts): readonly ShownState[] {
  const by = actor === "" ? "" : ` by ${actor}`;
  return [
    { state: "queued", description: `${kind} of ${tag} asked for${by}` },
    { state: "in_progress", description: `${kind} of ${tag}` },
  ];
}
