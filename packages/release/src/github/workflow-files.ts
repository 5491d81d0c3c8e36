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

export interface OtherWorkflows {
  readonly workflows: readonly WorkflowText[];
  /** Paths of those that the other commit has not, or not so. */
  readonly changed: readonly string[];
  /** Those of the other commit. */
  readonly left: readonly WorkflowText[];
}

/**
 * All workflows of a commit, and how those of another commit, which is left for it, are others: what a release starts is decided
 * by the commit of its tag. Where nothing is changed, no content is read.
 *
 * @throws GithubError
 */
export async function readOtherWorkflows(
  github: Github,
  { at, than }: { readonly at: string; readonly than: string },
  signal?: AbortSignal,
): Promise<OtherWorkflows> {
  const [there, here] = await Promise.all([listWorkflows(github, at, signal), listWorkflows(github, than, signal)]);
  const known = new Set(here.map(({ path, sha }) => `${sha} ${path}`));
  const changed = there.filter(({ path, sha }) => !known.has(`${sha} ${path}`)).map(({ path }) => path);
  if (changed.length === 0) return { workflows: [], changed, left: [] };
  const workflows = await someAtATime(there, ({ path }) => readText(github, path, at, signal));
  const left = await someAtATime(here, ({ path }) => readText(github, path, than, signal));
  return { workflows, changed, left };
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
