/** What a repository holds, as far as the stand-in knows. Tests write it and look into it. */
export interface GithubState {
  readonly owner: string;
  readonly repo: string;
  defaultBranch: string;
  /** Commits by id, with what a comparison lists of them. */
  readonly commits: Map<string, GithubCommit>;
  /** Tag or branch to commit id. */
  readonly refs: Map<string, string>;
  /** Tags that are objects of their own, by name: whether GitHub has verified their signature. Others are names only. */
  readonly annotatedTags: Map<string, { readonly verified: boolean }>;
  readonly releases: Record<string, unknown>[];
  /** Id of the release that was last made the latest. */
  latest: number | null;
  /** Whether what is published from now on stays as it is. */
  keepsReleases: boolean;
  /** Tags of such releases that were deleted since: none is ever released again. */
  readonly usedTags: Set<string>;
  readonly deployments: GithubDeployment[];
  readonly commitStatuses: (Record<string, unknown> & { readonly sha: string; readonly state: string })[];
  /** Reviews of runs that waited for the approval of an environment. */
  readonly runReviews: {
    readonly run: number;
    readonly by: string;
    readonly state: string;
    readonly comment: string;
  }[];
  /** Who may only read the repository; everybody else may write to it. */
  readonly readers: Set<string>;
  /** Self-hosted runners of the repository; `null` where the token may not see them. */
  runners: readonly { readonly name: string; readonly status: string; readonly labels: readonly string[] }[] | null;
  /** Scopes of a classic token; `null` for a token of another kind, of which GitHub says nothing. */
  scopes: string | null;
  /** Whether the user of the token may push. */
  mayPush: boolean;
  nextId: number;
}

export interface GithubCommit {
  readonly message: string;
  readonly parent: string | null;
  readonly verified?: boolean;
  readonly pulls?: readonly GithubPull[];
  readonly checks?: readonly GithubCheck[];
  /** Runs of workflows, in the order in which they are listed. */
  readonly runs?: readonly GithubRun[];
  /** Texts by path; no directory is listed deeper than one level. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface GithubRun {
  readonly event: string;
  /** Of the workflow's file. */
  readonly path: string;
  /** Id of the check suite that holds its checks. */
  readonly suite: number;
}

export interface GithubCheck {
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  /** Of the run that made it. */
  readonly details_url?: string;
  readonly suite?: number;
}

export interface GithubPull {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly reviews?: readonly { readonly by: string; readonly state: string }[];
}

export interface GithubDeployment {
  readonly id: number;
  readonly ref: string;
  readonly sha: string;
  readonly environment: string;
  readonly task: string;
  readonly description: string | null;
  readonly payload: unknown;
  readonly production: boolean;
  /** In whole seconds. */
  readonly createdAt: string;
  /** Oldest first. */
  readonly statuses: GithubDeploymentStatus[];
}

export interface GithubDeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly environmentUrl: string;
  readonly logUrl: string;
}

export function createGithubState(repository: string): GithubState {
  const [owner = "", repo = ""] = repository.split("/");
  return {
    owner,
    repo,
    defaultBranch: "main",
    commits: new Map(),
    refs: new Map(),
    annotatedTags: new Map(),
    releases: [],
    latest: null,
    keepsReleases: false,
    usedTags: new Set(),
    deployments: [],
    commitStatuses: [],
    runReviews: [],
    readers: new Set(),
    runners: [],
    scopes: null,
    mayPush: true,
    nextId: 1,
  };
}

/** The commit that a branch, tag or commit id names. */
export function commitOf({ refs, commits }: GithubState, ref: string): string | null {
  const id = refs.get(ref.replace(/^(refs\/)?(heads|tags)\//, "")) ?? ref;
  return commits.has(id) ? id : null;
}

/** When a commit was made: each a minute after the one that was added before it. */
export function dateOf({ commits }: GithubState, sha: string): string {
  const minutes = [...commits.keys()].indexOf(sha);
  return new Date(Date.UTC(2026, 3, 1) + minutes * 60_000).toISOString().replace(".000", "");
}

/** A commit and what it comes from, newest first. */
export function ancestry({ commits }: GithubState, id: string | null): readonly string[] {
  const line: string[] = [];
  for (let at = id; at !== null && !line.includes(at); at = commits.get(at)?.parent ?? null) line.push(at);
  return line;
}
