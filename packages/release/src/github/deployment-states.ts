/** How GitHub shows a deployment. https://docs.github.com/rest/deployments/statuses */
export type DeploymentState = "queued" | "in_progress" | "success" | "failure" | "error" | "inactive";

/** A deployment as GitHub is to show it. */
export interface ShownDeployment {
  /** Id of the attempt; in the payload, so that it is found again. Later ones sort after earlier ones. */
  readonly id: string;
  readonly stack: string;
  /** Commit id, or a tag or branch that GitHub knows. */
  readonly ref: string;
  readonly environment: string;
  readonly isProduction: boolean;
  /** `deploy`, `rollback`, … */
  readonly task: string;
  readonly description: string;
  /** Where users find it. */
  readonly environmentUrl?: string | undefined;
  /** The run of the workflow. */
  readonly logUrl?: string | undefined;
}

export interface ShownState {
  readonly state: DeploymentState;
  readonly description: string;
}

/** GitHub takes no more. */
export const longestDescription = 140;

/** On one line, no longer than GitHub takes, and never a part of a character. Pure. */
export function shortened(text: string): string {
  const characters = Array.from(text.replaceAll(/\s+/g, " ").trim());
  if (characters.length > longestDescription) characters.splice(longestDescription - 1, Infinity, "…");
  return characters.join("");
}

/** How GitHub shows a commit. https://docs.github.com/rest/commits/statuses */
export type CommitState = "pending" | "success" | "failure" | "error";

/** The state of a commit that fits a deployment's; `null` for one that says nothing about the commit. Pure. */
export function commitStateOf(state: DeploymentState): CommitState | null {
  if (state === "inactive") return null;
  return state === "queued" || state === "in_progress" ? "pending" : state;
}
