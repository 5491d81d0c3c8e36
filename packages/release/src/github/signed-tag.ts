import type { Github } from "./github.ts";
import { GithubError } from "./github-error.ts";
import { rolledBackTo } from "./rollback-release.ts";

/**
 * Whether a tag is signed, GitHub has verified that, and it is of this commit. The tag of a rollback is made by GitHub, and
 * cannot be signed: there it is the tag that it goes back to. A tag that is only a name has no signature.
 *
 * @throws GithubError
 */
export async function isSignedTag(github: Github, tag: string, commit: string, signal?: AbortSignal): Promise<boolean> {
  for (const one of new Set([tag, rolledBackTo(tag)])) {
    const id = await tagObject(github, one, signal);
    if (id === null) continue;
    const { object, verification } = await github.read(
      `read tag ${one}`,
      ({ rest }, where) => rest.git.getTag({ ...where, tag_sha: id }),
      signal,
    );
    if (verification?.verified === true && object.sha === commit) return true;
  }
  return false;
}

/** Id of the object that a tag is; `null` for one that is only a name, and where there is none. */
async function tagObject(github: Github, tag: string, signal: AbortSignal | undefined): Promise<string | null> {
  try {
    const { object } = await github.read(
      `look for tag ${tag}`,
      ({ rest }, where) => rest.git.getRef({ ...where, ref: `tags/${tag}` }),
      signal,
    );
    return object.type === "tag" ? object.sha : null;
  } catch (error) {
    if (error instanceof GithubError && error.status === 404) return null;
    throw error;
  }
}
