import { type Examiner, isSluiceError } from "@sluice/core";
import {
  createReleaseDesk,
  deploymentRightDiagnoses,
  describeCheckout,
  type Github,
  GithubError,
  type GithubFacts,
  githubDiagnoses,
  githubFailure,
  githubTokenMissing,
  readDeploymentRight,
  readGithubRunners,
} from "@sluice/release";
import { existingDeployments, runTokenJobs } from "@sluice/workflows";
import { isAsked } from "../github/gate.ts";
import type { Session } from "../session.ts";
import { readWorkflowFiles } from "../workflows.ts";
import { findRunners, runnerHomes } from "./read-runner.ts";
import { readRegistration } from "./runner-registration.ts";

/** Asks GitHub, where there is a token for it. What it does not show to the token is not judged. */
export function githubExaminer(session: Session): Examiner {
  return {
    name: "GitHub",
    async examine(signal) {
      const [opened, config] = await Promise.all([session.github(signal), session.config()]);
      const { directory } = session.options;
      const isShown = config.github.deployments;
      const jobs = runTokenJobs(await readWorkflowFiles(directory), config.github);
      if (!opened) {
        const missing = isAsked(config.github.require) ? [githubTokenMissing] : [];
        return [...missing, ...deploymentRightDiagnoses({ repository: "", right: null, jobs })];
      }
      try {
        const [right, runners, localRunners, wantedLabels, tagged] = await Promise.all([
          isShown ? readDeploymentRight(opened.github, signal).catch(unlessHidden) : null,
          readGithubRunners(opened.github, signal).catch(unlessHidden),
          readLocalRunners(opened.github.repository),
          readWantedLabels(directory),
          readTagged(opened.github, directory, signal),
        ]);
        const { repository } = opened.github;
        const { allowPrerelease } = config.releases;
        return [
          ...githubDiagnoses({ repository, runners, localRunners, wantedLabels, tagged, allowPrerelease }),
          ...deploymentRightDiagnoses({ repository, right, jobs }),
        ];
      } catch (error) {
        if (error instanceof GithubError) return [githubFailure(error, isAsked(config.github.require))];
        throw error;
      }
    },
  };
}

/** 403 and 404 are how GitHub hides what a token may not see. */
function unlessHidden(error: unknown): null {
  if (error instanceof GithubError && (error.status === 403 || error.status === 404)) return null;
  throw error;
}

/** Names under which runners are registered with a repository. One that belongs to an organization is not among its runners on GitHub. */
export async function registeredRunners(
  directories: readonly string[],
  repository: string,
): Promise<readonly string[]> {
  const registrations = await Promise.all(directories.map(readRegistration));
  return registrations.flatMap((found) =>
    found?.place === repository.toLowerCase() && found.name !== null ? [found.name] : [],
  );
}

async function readLocalRunners(repository: string): Promise<readonly string[]> {
  return registeredRunners(await findRunners(await runnerHomes()), repository);
}

async function readWantedLabels(directory: string): Promise<readonly string[]> {
  const runsOn = existingDeployments(await readWorkflowFiles(directory))[0]?.runsOn ?? [];
  // What an expression makes of it is not known here.
  const isKnown = runsOn.includes("self-hosted") && runsOn.every((label) => !label.includes("${{"));
  return isKnown ? runsOn : [];
}

async function readTagged(github: Github, directory: string, signal: AbortSignal): Promise<GithubFacts["tagged"]> {
  const { commit, tagsAtHead } = await describeCheckout(directory, { signal });
  const [tag] = tagsAtHead;
  if (commit === null || tag === undefined) return null;
  try {
    const release = await createReleaseDesk(github, directory).show(tag, signal);
    return { tag, commit, release, githubCommit: release.commit };
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "RELEASE_UNKNOWN") throw error;
    return { tag, commit, release: null, githubCommit: null };
  }
}
