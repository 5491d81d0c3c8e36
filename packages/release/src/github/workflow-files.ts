import type { Github } from "./github.ts";
import { GithubError } from "./github-error.ts";
import { someAtATime } from "./some-at-a-time.ts";

/** A workflow of a commit, by its path from the root. */
export interface WorkflowText {
  readonly path: string;
  readonly text: string;
}

interface WorkflowEntry {
  readonly path: string;
  /** The same where the content is the same. */
  readonly sha: string;
}

const directory = ".github/workflows";

/**
 * All workflows of a commit, and paths of those that another commit has not, or not so: what a release starts is decided by
 * the commit of its tag. Where both have the same, no content is read.
 *
 * @throws GithubError
 */
export async function readOtherWorkflows(
  github: Github,
  { at, than }: { readonly at: string; readonly than: string },
  signal?: AbortSignal,
): Promise<{ readonly workflows: readonly WorkflowText[]; readonly changed: readonly string[] }> {
  const [there, here] = await Promise.all([listWorkflows(github, at, signal), listWorkflows(github, than, signal)]);
  const known = new Set(here.map(({ path, sha }) => `${sha} ${path}`));
  const changed = there.filter(({ path, sha }) => !known.has(`${sha} ${path}`)).map(({ path }) => path);
  if (changed.length === 0) return { workflows: [], changed };
  const workflows = await someAtATime(there, ({ path }) => readText(github, path, at, signal));
  return { workflows, changed };
}

async function listWorkflows(github: Github, ref: string, signal?: AbortSignal): Promise<readonly WorkflowEntry[]> {
  try {
    const found = await github.read(
      `list the workflows of commit ${ref}`,
      ({ rest }, where) => rest.repos.getContent({ ...where, path: directory, ref }),
      signal,
    );
    const entries = Array.isArray(found) ? found : [];
    return entries.filter(({ type, name }) => type === "file" && /\.ya?ml$/.test(name));
  } catch (error) {
    if (error instanceof GithubError && error.status === 404) return [];
    throw error;
  }
}

async function readText(github: Github, path: string, ref: string, signal?: AbortSignal): Promise<WorkflowText> {
  const file = await github.read(
    `read ${path} of commit ${ref}`,
    ({ rest }, where) => rest.repos.getContent({ ...where, path, ref }),
    signal,
  );
  const content = "content" in file ? file.content : "";
  return { path, text: Buffer.from(content, "base64").toString("utf8") };
}
