import type { Github } from "./github.ts";
import { ofSluice } from "./payload.ts";

/** The last record of a stack at some moment: its place in the chain, and its hash, which covers all before it. */
export interface Anchor {
  readonly seq: number;
  readonly hash: string;
}

export interface HeldAnchor extends Anchor {
  /** Id of the attempt that holds it. */
  readonly deployment: string;
  /** When it began, by GitHub's clock; ISO 8601, UTC. */
  readonly at: string;
}

const pageSize = 100;
const mostPages = 10;

/** What deployments of a stack on GitHub hold of its record, newest first; of the last thousand. @throws GithubError */
export async function readAnchors(
  github: Github,
  { environment, stack }: { readonly environment: string; readonly stack: string },
  signal?: AbortSignal,
): Promise<readonly HeldAnchor[]> {
  const found: HeldAnchor[] = [];
  for (let page = 1; page <= mostPages; page++) {
    const deployments = await github.read(
      "list deployments",
      ({ rest }, where) => rest.repos.listDeployments({ ...where, environment, per_page: pageSize, page }),
      signal,
    );
    for (const { payload, created_at: at } of deployments) {
      const mine = ofSluice(payload);
      const anchor = mine?.stack === stack ? anchorOf(mine.audit) : undefined;
      if (mine && anchor) found.push({ ...anchor, deployment: mine.deployment, at });
    }
    if (deployments.length < pageSize) break;
  }
  return found;
}

function anchorOf(value: unknown): Anchor | undefined {
  const { seq, hash } = (value ?? {}) as Partial<Anchor>;
  return Number.isSafeInteger(seq) && /^[0-9a-f]{64}$/.test(hash ?? "") ? ({ seq, hash } as Anchor) : undefined;
}
