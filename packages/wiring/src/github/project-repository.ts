import { type Clock, type Config, messageOf, readWorkflowRun } from "@sluice/core";
import { findApi, GithubError, originRepository } from "@sluice/release";
import type { DeployerOptions } from "../deployer.ts";

/** Where a repository is on GitHub. */
export interface RepositoryPlace {
  /** `owner/name`. */
  readonly repository: string;
  /** Where it is asked; `undefined` for github.com. */
  readonly apiUrl: string | undefined;
}

type Surroundings = Pick<DeployerOptions, "env" | "directory">;

/** `owner/name` on GitHub: the configured one, else `GITHUB_REPOSITORY`, else that of the remote `origin` of the checkout. */
export async function projectRepository(
  config: Pick<Config, "github">,
  surroundings: Surroundings,
): Promise<string | null> {
  return (
    namedRepository(config, surroundings.env) ?? (await originRepository(surroundings.directory))?.repository ?? null
  );
}

/**
 * The same, and the GitHub that it is on: that of `GITHUB_API_URL`, else that of `origin`. One that is named may have an `origin`
 * elsewhere, or none, and is then on github.com; one that nothing names is nowhere where the host of `origin` is no GitHub: `null`.
 * A host that nobody knows may be an Enterprise Server while names are not looked up, as well as an alias of another user's ssh.
 *
 * @throws GithubError GITHUB_UNREACHABLE where nothing tells what `origin` or its host is
 */
export async function placeOfRepository(
  config: Pick<Config, "github">,
  { env, directory }: Surroundings,
  clock: Clock,
  signal?: AbortSignal,
): Promise<RepositoryPlace | null> {
  const { apiUrl } = readWorkflowRun(env);
  const name = namedRepository(config, env);
  if (name !== undefined && apiUrl !== undefined) return { repository: name, apiUrl };
  // A git that is killed, or does not read the checkout, tells of no origin, and not that there is none: github.com would get the token of another.
  const origin = await originRepository(directory, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new GithubError("GITHUB_UNREACHABLE", `git cannot be asked of the remote origin: ${messageOf(error)}`, {
      status: null,
      hint: "see that git can be run and reads the checkout, or set GITHUB_API_URL to the API of the GitHub that GITHUB_TOKEN is for",
      cause: error,
    });
  });
  const repository = name ?? origin?.repository;
  if (repository === undefined) return null;
  if (apiUrl !== undefined || !origin) return { repository, apiUrl };
  const found = await findApi(origin.host, clock, signal);
  return found === null && name === undefined ? null : { repository, apiUrl: found ?? undefined };
}

function namedRepository({ github }: Pick<Config, "github">, env: Surroundings["env"]): string | undefined {
  return github.repository ?? readWorkflowRun(env).repository;
}
