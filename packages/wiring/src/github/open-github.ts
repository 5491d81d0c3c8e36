import { type Clock, type Config, type Finding, isSluiceError, readWorkflowRun, resolveReferences } from "@sluice/core";
import {
  type Anchor,
  createDeploymentReporter,
  createGithub,
  type DeploymentReporter,
  type Github,
  GithubError,
} from "@sluice/release";
import { placeOfRepository } from "./project-repository.ts";

export interface OpenedGithub {
  readonly github: Github;
  readonly token: string;
  /** `null` where deployments are not to be shown. */
  readonly reporter: DeploymentReporter | null;
  readonly place: GithubPlace;
}

/** Where on GitHub deployments are shown. */
export interface GithubPlace {
  readonly environment: string;
  readonly isProduction: boolean;
  readonly url: string | undefined;
}

/** What of a run says where and how GitHub is asked. */
export interface GithubSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name that was given with `--env`. */
  readonly environment: string | undefined;
  readonly clock: Clock;
  /** Where GitHub is asked, unless `GITHUB_API_URL` says it. Default: github.com. */
  readonly apiUrl?: string | undefined;
  /** The end of the record, for deployments to hold where `github.anchor` asks for it. */
  readonly anchor?: (() => Promise<Anchor | null>) | undefined;
}

/**
 * The repository on GitHub that a deployment belongs to; `null` without a token or a repository, as outside of a
 * workflow. Loads and opens nothing yet.
 *
 * @throws SluiceError CONFIG_INVALID for a repository or address that is none
 */
export function openGithub(
  { github: config }: Config,
  { env, environment, clock, apiUrl, anchor }: GithubSurroundings,
): OpenedGithub | null {
  const { value: token, missing } = resolveReferences(config.token, env);
  const run = readWorkflowRun(env);
  const repository = config.repository ?? run.repository;
  if (missing.length > 0 || repository === undefined) return null;
  const github = createGithub({ repository, token, clock, apiUrl: run.apiUrl ?? apiUrl });
  return { ...openedOn(github, config, { environment, anchor }), token };
}

function openedOn(
  github: Github,
  config: Config["github"],
  { environment, anchor }: Pick<GithubSurroundings, "environment" | "anchor">,
): Omit<OpenedGithub, "token"> {
  const name = config.environment ?? environment ?? "production";
  const commitContext = config.commitStatus ? `sluice/${name}` : undefined;
  return {
    github,
    reporter: config.deployments
      ? createDeploymentReporter(github, { commitContext, anchor: config.anchor ? anchor : undefined })
      : null,
    place: { environment: name, isProduction: name === "production", url: config.url },
  };
}

/**
 * As `openGithub`, on the GitHub of the remote `origin`; one that cannot be used is said, and keeps nobody from deploying or from going
 * back. Where the host of `origin` does not answer, each call asks it again, and fails as that does.
 *
 * @param directory the checkout
 * @throws the signal's reason when it is aborted
 */
export async function openUsableGithub(
  config: Config,
  { directory, ...surroundings }: Omit<GithubSurroundings, "apiUrl"> & { readonly directory: string },
  say: (finding: Finding) => void,
  signal?: AbortSignal,
): Promise<OpenedGithub | null> {
  const { env, clock } = surroundings;
  const find = async (inner?: AbortSignal) => {
    const place = await placeOfRepository(config, { env, directory }, clock, inner);
    return openGithub(config, { ...surroundings, apiUrl: place?.apiUrl });
  };
  let unfound: OpenedGithub | null = null;
  try {
    unfound = openGithub(config, surroundings);
    return unfound && (await find(signal));
  } catch (error) {
    signal?.throwIfAborted();
    if (!isSluiceError(error)) throw error;
    const { message, hint } = error;
    say({ severity: "warn", code: "github-unusable", message, ...(hint ? { hint } : {}) });
    if (!unfound || !(error instanceof GithubError)) return null;
    const { github, token } = unfound;
    const later = foundLater(github.repository, async (inner) => (await find(inner))?.github ?? github);
    return { ...openedOn(later, config.github, surroundings), token };
  }
}

/** One of which nothing tells yet where it is asked: each call finds that out first, until one has. */
function foundLater(repository: string, find: (signal?: AbortSignal) => Promise<Github>): Github {
  let found: Github | undefined;
  const open = async (signal?: AbortSignal) => {
    found ??= await find(signal);
    return found;
  };
  return {
    repository,
    host: "-",
    read: async (what, call, signal) => (await open(signal)).read(what, call, signal),
    write: async (what, call, signal) => (await open(signal)).write(what, call, signal),
  };
}
