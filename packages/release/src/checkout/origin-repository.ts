import { runGit } from "./run-git.ts";

/**
 * `owner/name` of the remote `origin` of a checkout, whatever its host; `null` where there is none.
 *
 * @param directory absolute path
 */
export async function originRepository(directory: string, signal?: AbortSignal): Promise<string | null> {
  const { exitCode, stdout } = await runGit(directory, ["remote", "get-url", "origin"], signal);
  return exitCode === 0 ? repositoryOfRemote(stdout.trim()) : null;
}

/** `owner/name` of `https://HOST/owner/name.git`, `git@HOST:owner/name` and the like; `null` for a local path. Pure. */
export function repositoryOfRemote(url: string): string | null {
  const [, path] = /^(?:[a-z+]+:\/\/[^/]+\/|[^/:@]+@[^/:]+:\/?)(.+)$/.exec(url) ?? [];
  const [, owner, name] = /^([A-Za-z0-9_.-]+)\/([A-Za-z0-9_.-]+?)(?:\.git)?\/?$/.exec(path ?? "") ?? [];
  return owner && name ? `${owner}/${name}` : null;
}
