/** A release on GitHub. */
export interface GithubRelease {
  readonly id: number;
  readonly tag: string;
  readonly title: string;
  /** Markdown. */
  readonly notes: string;
  readonly isDraft: boolean;
  readonly isPrerelease: boolean;
  /** GitHub keeps it as it was published, and its tag for itself. https://docs.github.com/code-security/concepts/supply-chain-security/immutable-releases */
  readonly isImmutable: boolean;
  /** ISO 8601, UTC; `null` for a draft. */
  readonly publishedAt: string | null;
  readonly author: string;
  /** For people. */
  readonly url: string;
  readonly uploadUrl: string;
  readonly assets: readonly { readonly name: string; readonly bytes: number }[];
}

/** As much of GitHub's answer as is used. */
export interface ReleaseAnswer {
  readonly id: number;
  readonly tag_name: string;
  readonly name: string | null;
  readonly body?: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
  /** Some servers do not say it. */
  readonly immutable?: boolean;
  readonly published_at: string | null;
  readonly author: { readonly login: string } | null;
  readonly html_url: string;
  readonly upload_url: string;
  readonly assets: readonly { readonly name: string; readonly size: number }[];
}

/** A release as GitHub answers with it, in the words of this package; one without a title has its tag for it. Pure. */
export function releaseFrom(answer: ReleaseAnswer): GithubRelease {
  return {
    id: answer.id,
    tag: answer.tag_name,
    title: answer.name || answer.tag_name,
    notes: answer.body ?? "",
    isDraft: answer.draft,
    isPrerelease: answer.prerelease,
    isImmutable: answer.immutable === true,
    publishedAt: answer.published_at,
    author: answer.author?.login ?? "",
    url: answer.html_url,
    uploadUrl: answer.upload_url,
    assets: answer.assets.map(({ name, size }) => ({ name, bytes: size })),
  };
}
