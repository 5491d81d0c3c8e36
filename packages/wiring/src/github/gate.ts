import {
  type Finding,
  type GithubConfig,
  isSluiceError,
  type ReleaseRequest,
  readWorkflowRun,
  SluiceError,
} from "@sluice/core";
import { approvalObjections, GithubError, readApprovals, releaseObjections } from "@sluice/release";
import { rightsOfToken, workflowPaths } from "@sluice/workflows";
import type { Session } from "../session.ts";
import { servingCommit } from "./approvals.ts";
import type { OpenedGithub } from "./open-github.ts";

/**
 * Before a deployment begins: GitHub says of the release what `github.require` asks for. Without that, GitHub is not asked.
 * It holds for the moment: while a deployment waits for the lock, a tag moves and checks turn red, so the answer that counts
 * is the one under the lock.
 *
 * @throws SluiceError RELEASE_REFUSED with everything that does not hold, also when GitHub does not answer
 */
export async function assertReleaseAllowed(
  session: Session,
  { tag, commit, dirty, source }: ReleaseRequest,
  signal?: AbortSignal,
): Promise<void> {
  const { github } = await session.config();
  const { require } = github;
  if (!isAsked(require)) return;
  const opened = await session.github(signal);
  if (!opened) throw refused(`GitHub cannot be asked of ${tag}: there is no token, or no repository`);
  if (commit === null || dirty) throw refused(`${tag} is no commit that GitHub knows: the checkout was changed`);
  const { id: ownRun } = readWorkflowRun(session.options.env);
  // What a person names, or git describes, need be no tag on GitHub.
  const ownWorkflows = workflowPaths(session.options.environment ?? "production");
  const asked = { ownRun, ownWorkflows, signal, tag: source === "event" ? tag : undefined, signedTag: tag };
  const objections = await Promise.all([
    releaseObjections(opened.github, commit, require, asked),
    require.approvals > 0 ? unapproved(session, opened, commit, signal) : [],
  ]).then(
    (found) => found.flat(),
    (cause: unknown) => {
      if (!isSluiceError(cause)) throw cause;
      throw refused(`GitHub cannot be asked of ${tag}: ${cause.message}`, cause, unaskedHint(cause, github));
    },
  );
  if (objections.length > 0) throw refused(`${tag} is not to be deployed: ${objections.join("; ")}`);
}

/** Whether GitHub has to be asked of a release. */
export function isAsked(require: GithubConfig["require"]): boolean {
  return require.approvals > 0 || Object.values(require).includes(true);
}

async function unapproved(
  session: Session,
  { github, place }: OpenedGithub,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const { id: run, startedBy } = readWorkflowRun(session.options.env);
  const approvals = await readApprovals(github, { commit, previous: await servingCommit(session), run }, signal);
  return approvalObjections(approvals, {
    needed: (await session.config()).github.require.approvals,
    environment: place.environment,
    startedBy,
  });
}

/** The same, for a deployment that is only planned: the refusal is a finding, and nothing is thrown for it. */
export async function releaseFindings(
  session: Session,
  release: ReleaseRequest,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    await assertReleaseAllowed(session, release, signal);
    return [];
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const { message, hint } = error;
    return [{ severity: "error", code: "release-refused", message, ...(hint ? { hint } : {}) }];
  }
}

/** What a token lacks that may not ask is known better here than where any call may be refused. */
function unaskedHint(cause: SluiceError, github: GithubConfig): string | undefined {
  if (!(cause instanceof GithubError) || cause.code !== "GITHUB_DENIED" || cause.status !== 403) return cause.hint;
  const rights = rightsOfToken("deploy", github).map(({ scope, access }) => `${scope}: ${access}`);
  return `the token needs, by \`permissions:\` of the workflow's job where it is the run's own, ${rights.join(", ")}`;
}

function refused(message: string, cause?: unknown, first?: string): SluiceError {
  const asked = "see github.require in sluice.yaml, which asks for it; going back is not refused: sluice rollback";
  const hint = first === undefined ? asked : `${first}; ${asked}`;
  return new SluiceError("RELEASE_REFUSED", message, { hint, cause });
}
