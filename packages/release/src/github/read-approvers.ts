import type { Github } from "./github.ts";
import { GithubError } from "./github-error.ts";
import { readPages } from "./read-pages.ts";

/** Who approved a pull request, by its number. */
export type ReadApprovers = (pull: number) => Promise<readonly string[]>;

/** Roles that may write; the others may only read, as everybody may who sees the repository. */
const writers: readonly string[] = ["admin", "write"];

/**
 * Who approved pull requests: by each one's last review, and only people who may write to the repository. Anybody who sees a
 * pull request may review it; GitHub's own branch protection counts the same people.
 *
 * @throws GithubError from what is returned
 */
export function createApproversReader(github: Github, signal?: AbortSignal): ReadApprovers {
  const known = new Map<string, Promise<boolean>>();
  const mayWrite = (login: string) => {
    const asked = known.get(login) ?? readMayWrite(github, login, signal);
    known.set(login, asked);
    return asked;
  };
  return async (pull) => {
    const reviews = await readPages((page) =>
      github.read(
        "list reviews of a pull request",
        ({ rest }, where) => rest.pulls.listReviews({ ...where, pull_number: pull, ...page }),
        signal,
      ),
    );
    // A comment leaves an approval as it is; a request for changes takes it back.
    const last = new Map<string, string>();
    for (const { user, state } of reviews) if (user && state !== "COMMENTED") last.set(user.login, state);
    const approved = [...last].filter(([, state]) => state === "APPROVED").map(([login]) => login);
    const counted = await Promise.all(approved.map(mayWrite));
    return approved.filter((_, index) => counted[index]);
  };
}

async function readMayWrite(github: Github, username: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const { permission } = await github.read(
      `read what ${username} may do`,
      ({ rest }, where) => rest.repos.getCollaboratorPermissionLevel({ ...where, username }),
      signal,
    );
    return writers.includes(permission);
  } catch (error) {
    // The account is gone.
    if (error instanceof GithubError && error.status === 404) return false;
    throw error;
  }
}
