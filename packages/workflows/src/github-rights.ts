/** What Sluice is set to do on GitHub: as much of `github:` of the configuration as a workflow has to allow for. */
export interface GithubUse {
  /** References to the variables that hold the token, such as `${env:GITHUB_TOKEN}`, or `${GITHUB_TOKEN}` for short. */
  readonly token: string;
  readonly deployments: boolean;
  readonly commitStatus: boolean;
  readonly report: boolean;
  readonly approvals: boolean;
  readonly anchor: boolean;
  readonly require: { readonly checks: boolean; readonly approvals: number };
}

/** One permission of the token of a run, and what it is for. */
export interface GithubRight {
  readonly scope: "contents" | "deployments" | "statuses" | "checks" | "pull-requests" | "actions";
  readonly access: "read" | "write";
  /** `null` for the checkout, which every job needs. */
  readonly why: string | null;
}

/** What people do with a workflow, as far as it makes a difference to GitHub. */
export type GithubTask = "deploy" | "rollback" | "look" | "compare-record";

const checkout: GithubRight = { scope: "contents", access: "read", why: null };

/**
 * The permissions that a job needs for a task, and no others; those of a token that is not the run's own are its owner's
 * to give. https://docs.github.com/rest/authentication/permissions-required-for-github-apps. Pure.
 */
export function rightsFor(task: GithubTask, use: GithubUse): readonly GithubRight[] {
  return isOwnToken(use) ? rightsOfToken(task, use) : [checkout];
}

/** What a token needs for a task, whose ever it is. Pure. */
export function rightsOfToken(task: GithubTask, use: GithubUse): readonly GithubRight[] {
  if (task === "look") return [checkout];
  if (task === "compare-record") {
    const why = "What deployments on GitHub hold of the record is read.";
    return use.anchor ? [checkout, { scope: "deployments", access: "read", why }] : [checkout];
  }
  const asksChecks = task === "deploy" && use.require.checks;
  return [
    use.report ? { scope: "contents", access: "write", why: "The report becomes an asset of the release." } : checkout,
    ...right(use.deployments, "deployments", "write", "The deployment is shown on GitHub."),
    ...right(use.deployments && use.commitStatus, "statuses", "write", "The commit gets a status."),
    ...right(asksChecks, "checks", "read", "The checks of the commit have to have passed."),
    ...right(asksChecks && !(use.deployments && use.commitStatus), "statuses", "read", "So have its statuses."),
    ...right(asksChecks && !asksApprovals(use), "actions", "read", "Those of scheduled runs and deployments are none."),
    ...right(asksApprovals(use), "pull-requests", "read", "Who approved it goes into the record."),
    ...right(asksApprovals(use), "actions", "read", "So does who approved the run."),
  ];
}

/** Variables that hand Sluice its token, by name, as they stand in a workflow: the token of the run, or secrets. */
export function tokenVariables({ token }: GithubUse): readonly (readonly [name: string, value: string])[] {
  return tokenNames(token).map((name) => [name, name === runToken ? "${{ github.token }}" : `\${{ secrets.${name} }}`]);
}

/** A secret cannot have this name: GitHub keeps it for the token of the run. */
const runToken = "GITHUB_TOKEN";

function isOwnToken({ token }: GithubUse): boolean {
  return tokenNames(token).includes(runToken);
}

/** Variables that a reference to the token names, each once, in order. */
export function tokenNames(token: string): readonly string[] {
  return [...new Set([...token.matchAll(/\$\{(?:env:)?(\w+)\}/g)].map(([, name = ""]) => name))];
}

function asksApprovals({ approvals, require }: GithubUse): boolean {
  return approvals || require.approvals > 0;
}

function right(
  applies: boolean,
  scope: GithubRight["scope"],
  access: GithubRight["access"],
  why: string,
): readonly GithubRight[] {
  return applies ? [{ scope, access, why }] : [];
}
