import { type Clock, type Config, readWorkflowRun } from "@sluice/core";
import { findApi, originRepository } from "@sluice/release";
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
 * elsewhere, none that git tells, or one of an alias that this user's ssh does not know, and is then on github.com; one that nothing
 * names is nowhere where the host of `origin` is no GitHub: `null`.
 *
 * @throws GithubError GITHUB_UNREACHABLE where nothing tells what the host of `origin` is
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
  const ifNamed = (error: unknown) => {
    signal?.throwIfAborted();
    if (name === undefined) throw error;
    return null;
  };
  // A git that cannot be run, or is killed, keeps nobody from going back.
  const origin = await originRepository(directory, signal).catch(ifNamed);
  const repository = name ?? origin?.repository;
  if (repository === undefined) return null;
  if (apiUrl !== undefined || !origin) return { repository, apiUrl };
  const asked = findApi(origin.host, clock, signal);
  const found = await (origin.mayBeAlias ? asked.catch(ifNamed) : asked);
  return found === null && name === undefined ? null : { repository, apiUrl: found ?? undefined };
}

function namedRepository({ github }: Pick<Config, "github">, env: Surroundings["env"]): string | undefined {
  return github.repository ?? readWorkflowRun(env).repository;
}
