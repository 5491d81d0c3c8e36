import type { Github } from "./github.ts";
import { readOtherSuites } from "./read-other-suites.ts";
import { readPages } from "./read-pages.ts";
import { type CheckRun, isCutOff, readSuites, readUnlistedChecks } from "./read-unlisted-checks.ts";
import { isSignedTag } from "./signed-tag.ts";

/** What must hold of a commit before it is deployed. */
export interface ReleaseRequirements {
  readonly defaultBranch: boolean;
  readonly checks: boolean;
  readonly signature: boolean;
}

export interface CheckReleaseOptions {
  /** Its own checks are not waited for: the run of the workflow that asks. */
  readonly ownRun?: string | undefined;
  /** Paths of workflows whose checks tell of deployments, and not of the commit. */
  readonly ownWorkflows?: readonly string[] | undefined;
  /** A tag that must be of this commit on GitHub too: it may have been moved since it was checked out. */
  readonly tag?: string | undefined;
  /** A tag whose own signature will do where the commit has none. It need be none that GitHub knows. */
  readonly signedTag?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const unknownOrigin =
  "it may be no check of the commit: to see what started it the token needs the permission actions: read";
const unknownRest =
  "it has more checks than GitHub lists: to see which of them are of the commit the token needs the permission actions: read";
const goodConclusions: readonly (string | null)[] = ["success", "neutral", "skipped"];

/** What GitHub says against deploying a commit; nothing where all that is required holds. @throws GithubError */
export async function releaseObjections(
  github: Github,
  commit: string,
  { defaultBranch, checks, signature }: ReleaseRequirements,
  { ownRun, ownWorkflows = [], tag, signedTag, signal }: CheckReleaseOptions = {},
): Promise<readonly string[]> {
  const asked = [
    ...(tag === undefined ? [] : [tagObjections(github, commit, tag, signal)]),
    ...(defaultBranch ? [branchObjections(github, commit, signal)] : []),
    ...(checks ? [checkObjections(github, commit, { ownRun, ownWorkflows }, signal)] : []),
    ...(signature ? [signatureObjections(github, commit, signedTag, signal)] : []),
  ];
  return (await Promise.all(asked)).flat();
}

/** The commit that a tag, branch or commit id names on GitHub. @throws GithubError */
export async function commitOnGithub(github: Github, ref: string, signal?: AbortSignal): Promise<string> {
  const call = `read commit ${ref}`;
  const { sha } = await github.read(call, ({ rest }, where) => rest.repos.getCommit({ ...where, ref }), signal);
  return sha;
}

async function tagObjections(
  github: Github,
  commit: string,
  tag: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const tagged = await commitOnGithub(github, `tags/${tag}`, signal);
  return tagged === commit ? [] : [`tag ${tag} is commit ${tagged} on GitHub, and ${commit} is checked out`];
}

async function branchObjections(github: Github, commit: string, signal?: AbortSignal): Promise<readonly string[]> {
  const { default_branch: branch } = await github.read(
    "read the repository",
    ({ rest }, where) => rest.repos.get({ ...where }),
    signal,
  );
  const { status } = await github.read(
    `compare ${branch} and the commit`,
    ({ rest }, where) =>
      rest.repos.compareCommitsWithBasehead({ ...where, basehead: `${branch}...${commit}`, per_page: 1 }),
    signal,
  );
  const isOnBranch = status === "behind" || status === "identical";
  return isOnBranch ? [] : [`commit ${commit} is not on ${branch}`];
}

async function checkObjections(
  github: Github,
  commit: string,
  { ownRun, ownWorkflows }: { readonly ownRun: string | undefined; readonly ownWorkflows: readonly string[] },
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const [listed, suites, statuses] = await Promise.all([
    readPages(async (page) => {
      const { check_runs } = await github.read(
        "list checks",
        ({ rest }, where) => rest.checks.listForRef({ ...where, ref: commit, filter: "latest", ...page }),
        signal,
      );
      return check_runs;
    }),
    readSuites(github, commit, signal),
    readPages(async (page) => {
      const answer = await github.read(
        "read the status of a commit",
        ({ rest }, where) => rest.repos.getCombinedStatusForRef({ ...where, ref: commit, ...page }),
        signal,
      );
      return answer.statuses;
    }),
  ]);
  // Last, so that it has all that a clock started before the others were read.
  const otherSuites = await readOtherSuites(github, commit, ownWorkflows, signal);
  const isOwn = (url: string | null) => ownRun !== undefined && (url ?? "").includes(`/actions/runs/${ownRun}/`);
  const isOther = (suite: { readonly id: number } | null) => suite !== null && otherSuites?.has(suite.id) === true;
  const isCheck = ({ details_url, check_suite }: CheckRun) => !isOwn(details_url) && !isOther(check_suite);
  const isCut = isCutOff(suites);
  const isAsked = otherSuites !== null && (isCut || !listed.some(isCheck));
  const unlisted = isAsked ? await readUnlistedChecks(github, listed, suites, otherSuites, signal) : [];
  const checks = [...listed, ...unlisted].filter(isCheck);
  // Statuses that Sluice sets tell how earlier deployments ended.
  const others = statuses.filter(({ context }) => !context.startsWith("sluice/"));
  // They may just not have begun: what nothing has looked at is not green.
  if (checks.length + others.length === 0) return [`no check of commit ${commit} is known`];
  const bad = checks.filter(({ conclusion }) => !goodConclusions.includes(conclusion));
  return [
    ...bad.map(({ name, status, conclusion }) => `check ${name} is ${conclusion ?? status}`),
    ...(bad.length > 0 && otherSuites === null ? [unknownOrigin] : []),
    ...(isCut && otherSuites === null ? [unknownRest] : []),
    ...others.filter(({ state }) => state !== "success").map(({ context, state }) => `status ${context} is ${state}`),
  ];
}

async function signatureObjections(
  github: Github,
  commit: string,
  tag: string | undefined,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { commit: signed } = await github.read(
    "read a commit",
    ({ rest }, where) => rest.repos.getCommit({ ...where, ref: commit }),
    signal,
  );
  const { verified = false, reason = "unsigned" } = signed.verification ?? {};
  if (verified || (tag !== undefined && (await isSignedTag(github, tag, commit, signal)))) return [];
  const orTag = tag === undefined ? "" : `, nor has tag ${tag}`;
  return [`commit ${commit} has no signature that GitHub verified (${reason})${orTag}`];
}
