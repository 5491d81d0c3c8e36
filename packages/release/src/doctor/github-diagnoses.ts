import { type Diagnosis, when } from "@sluice/core";
import type { GithubError } from "../github/github-error.ts";
import type { GithubRunner } from "../github/read-runners.ts";
import type { GithubRelease } from "../github/release-from.ts";

export interface GithubFacts {
  readonly repository: string;
  /** Runners of the repository; `null` where GitHub does not show them to this token. */
  readonly runners: readonly GithubRunner[] | null;
  /** Names by which runners on this machine are registered with the repository. */
  readonly localRunners: readonly string[];
  /** What the workflow that deploys runs on; empty where there is none, or it is another's machine. */
  readonly wantedLabels: readonly string[];
  /** Tag of the checkout, and what GitHub knows of it; `null` where the checkout has none. */
  readonly tagged: {
    readonly tag: string;
    /** Full id of the commit that is checked out. */
    readonly commit: string;
    readonly release: Pick<GithubRelease, "isDraft" | "isPrerelease"> | null;
    /** Of the tag, as GitHub has it; `null` where it has none. */
    readonly githubCommit: string | null;
  } | null;
  readonly allowPrerelease: boolean;
}

/** What keeps a release on GitHub from being deployed here, as far as only GitHub can tell. */
export function githubDiagnoses(facts: GithubFacts): readonly Diagnosis[] {
  return [...runnersOnGithub(facts), ...releaseOnGithub(facts)];
}

/** That GitHub has to be asked, and cannot be. */
export const githubTokenMissing: Diagnosis = {
  severity: "error",
  code: "github-token-missing",
  what: "github.require asks GitHub of a release, and there is no token or no repository to ask for",
  why: "every deployment is refused",
  mend: "env: GITHUB_TOKEN: ${{ github.token }} in the workflow; by hand, export GITHUB_TOKEN and GITHUB_REPOSITORY",
};

/**
 * What GitHub says of a token, or that it says nothing. Pure.
 *
 * @param isRequired it has to say something of each release before a deployment
 */
export function githubFailure(
  { code, message, hint }: Pick<GithubError, "code" | "message"> & Partial<Pick<GithubError, "hint">>,
  isRequired = false,
): Diagnosis {
  if (code !== "GITHUB_DENIED") {
    return {
      severity: isRequired ? "error" : "warn",
      code: "github-unreachable",
      what: message,
      why: isRequired
        ? "github.require asks it of each release: every deployment is refused until it answers"
        : "deployments go on, and GitHub is told of them later",
      mend: `${hint ?? "curl -sI https://api.github.com"}; then sluice outbox flush`,
    };
  }
  return {
    severity: "error",
    code: "github-denied",
    what: message,
    why: "no deployment is shown on GitHub, and what people were not told waits",
    mend: "permissions: contents: read and deployments: write in the workflow, or a token that is not expired",
  };
}

function runnersOnGithub({ repository, runners, localRunners, wantedLabels }: GithubFacts): readonly Diagnosis[] {
  if (runners === null) return [];
  const unknown = localRunners.filter((local) => !runners.some(({ name }) => name === local));
  // One of an organization may do it, and is not in this list.
  if (runners.length === 0 && localRunners.length === 0) return [];
  // GitHub compares them so: its own are Linux and X64, and people write linux and x64.
  const lowered = (names: readonly string[]) => names.map((name) => name.toLowerCase());
  const wanted = lowered(wantedLabels);
  const fitting = runners.filter((runner) => {
    const labels = new Set(lowered(runner.labels));
    return wanted.every((label) => labels.has(label));
  });
  const labels = wantedLabels.join(", ");
  const offline = fitting.map(({ name }) => name).join(", ");
  return [
    ...unknown.map(
      (name): Diagnosis => ({
        severity: "error",
        code: "runner-unknown",
        what: `GitHub knows no runner ${name} of ${repository}, and one on this machine believes to be it`,
        why: "it was removed there: a published release waits for it and is never deployed",
        mend: `./config.sh remove --local, then ./config.sh --url https://github.com/${repository} --labels production`,
      }),
    ),
    ...when(runners.length > 0 && fitting.length === 0, {
      severity: "error",
      code: "runner-labels",
      what: `no runner of ${repository} has all the labels that the workflow asks for: ${labels}`,
      why: "a published release waits for a runner that does not exist",
      mend: "add the labels under Settings, Actions, Runners, or mend runs-on of the workflow",
    }),
    ...when(fitting.length > 0 && !fitting.some(({ isOnline }) => isOnline), {
      severity: "error",
      code: "runner-offline",
      what: `GitHub sees no runner online that could deploy (${offline})`,
      why: "a published release waits until one is back, and is given up after a day",
      mend: "on its machine: sudo ./svc.sh status; and whether it reaches GitHub: curl -sI https://api.github.com",
    }),
  ];
}

function releaseOnGithub({ repository, tagged, allowPrerelease }: GithubFacts): readonly Diagnosis[] {
  if (!tagged) return [];
  const { tag, commit, release, githubCommit } = tagged;
  return [
    ...when(githubCommit !== null && githubCommit !== commit, {
      severity: "error",
      code: "tag-moved",
      what: `tag ${tag} is commit ${githubCommit?.slice(0, 7)} on GitHub, and ${commit.slice(0, 7)} is checked out`,
      why: "what would be deployed is not what people see as this release",
      mend: `git fetch --tags --force && git checkout ${tag}`,
    }),
    ...when(release === null, {
      severity: "warn",
      code: "release-missing",
      what: `${repository} has no release ${tag}`,
      why: "a tag alone starts no deployment, and nobody reads what it changes",
      mend: `sluice release create ${tag}`,
    }),
    ...when(release?.isDraft === true, {
      severity: "warn",
      code: "release-draft",
      what: `release ${tag} is a draft on GitHub`,
      why: "nothing is deployed before it is published",
      mend: `sluice release promote ${tag}`,
    }),
    ...when(release?.isDraft === false && release.isPrerelease && !allowPrerelease, {
      severity: "warn",
      code: "release-prerelease",
      what: `release ${tag} is a prerelease on GitHub`,
      why: "it is not deployed here: releases.allowPrerelease is not set",
      mend: `sluice release promote ${tag}, or --env with an environment that takes prereleases`,
    }),
  ];
}
