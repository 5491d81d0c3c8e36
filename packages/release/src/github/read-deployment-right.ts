import type { Github } from "./github.ts";

/** Whether a token may show deployments; `null` where GitHub says nothing of what the token may do. */
export interface DeploymentRight {
  readonly isGranted: boolean | null;
  /** What is missing, for people; empty where nothing is known to be. */
  readonly lacks: string;
}

/** Scopes of a classic token that let it write deployments of any repository that its user may push to. */
const sufficient: readonly string[] = ["repo", "repo_deployment"];

/**
 * Whether the token may write deployments, without writing one. Only a classic token is told by GitHub what it may do:
 * every answer names its scopes. Of fine-grained tokens, and of those of an app or a workflow, an answer names what the
 * call would have needed and not what the token has, so that nothing is known before it is tried.
 * https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps,
 * https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 *
 * @throws GithubError
 */
export async function readDeploymentRight(github: Github, signal?: AbortSignal): Promise<DeploymentRight> {
  const { scopes, mayPush, isPrivate } = await github.read(
    "read the repository",
    async ({ rest }, where) => {
      const { status, headers, data } = await rest.repos.get({ ...where });
      const facts = { mayPush: data.permissions?.push, isPrivate: data.private };
      return { status, data: { ...facts, scopes: (headers as Readonly<Record<string, unknown>>)["x-oauth-scopes"] } };
    },
    signal,
  );
  if (typeof scopes !== "string") return { isGranted: null, lacks: "" };
  return rightOf(scopes, { mayPush, isPrivate });
}

/** What a classic token may do: its scopes limit what its user may, and give nothing beyond that. Pure. */
export function rightOf(
  scopes: string,
  { mayPush, isPrivate }: { readonly mayPush: boolean | undefined; readonly isPrivate: boolean },
): DeploymentRight {
  const held = scopes.split(",").map((scope) => scope.trim());
  const isEnough = held.some((scope) => sufficient.includes(scope) || (scope === "public_repo" && !isPrivate));
  if (!isEnough) return { isGranted: false, lacks: "the scope repo_deployment" };
  return mayPush === false ? { isGranted: false, lacks: "write access of its user" } : { isGranted: true, lacks: "" };
}
