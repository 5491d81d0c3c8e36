import { assertReleaseTag, SluiceError } from "@sluice/core";
import type { Github } from "./github.ts";
import { GithubError, isOfImmutable } from "./github-error.ts";
import { type GithubRelease, type ReleaseAnswer, releaseFrom } from "./release-from.ts";

export interface NewRelease {
  readonly tag: string;
  /** Commit, branch or tag; default: the default branch, or the commit of the tag where there is one. */
  readonly target?: string | undefined;
  readonly title?: string | undefined;
  /** Markdown. */
  readonly notes: string;
  readonly isDraft?: boolean | undefined;
  readonly isPrerelease?: boolean | undefined;
  /** Nobody chose its tag: it is the next number that seemed free, and where it is not, a later one is as good. Default `false`. */
  readonly isNumbered?: boolean | undefined;
}

export interface ReleaseAsset {
  readonly name: string;
  /** Such as `text/html`. */
  readonly type: string;
  readonly content: string;
}

/** What became of a file: one of its name was there, or GitHub keeps the release as it was published. */
export type Attached = "attached" | "there" | "immutable";

/** Releases of one repository. All throw `GithubError`. */
export interface GithubReleases {
  /** By when they were published, newest first; before them drafts, where the token may see them. */
  list(limit: number, signal?: AbortSignal): Promise<readonly GithubRelease[]>;
  /** The full release that GitHub calls the latest: the last that was published or promoted as such. `null` where there is none. */
  latest(signal?: AbortSignal): Promise<GithubRelease | null>;
  /** `null` where there is none with that tag. */
  find(tag: string, signal?: AbortSignal): Promise<GithubRelease | null>;
  /** @throws SluiceError RELEASE_UNKNOWN */
  get(tag: string, signal?: AbortSignal): Promise<GithubRelease>;
  /** Makes a release, and its tag unless it is a draft. Once: where the answer is lost, it is looked for. */
  create(release: NewRelease, signal?: AbortSignal): Promise<GithubRelease>;
  /** A draft or prerelease becomes a full release, and the latest one. @throws SluiceError RELEASE_UNKNOWN */
  promote(tag: string, signal?: AbortSignal): Promise<GithubRelease>;
  /** Attaches a file; one that is there under this name stays, unless its upload broke off. */
  attach(release: GithubRelease, asset: ReleaseAsset, signal?: AbortSignal): Promise<Attached>;
}

const pageSize = 100;

/**
 * Releases of one repository. Nothing is asked before the first call.
 *
 * @throws GithubError from each verb, and what the verb names
 */
export function createGithubReleases(github: Github): GithubReleases {
  async function list(limit: number, signal?: AbortSignal): Promise<readonly GithubRelease[]> {
    const found: GithubRelease[] = [];
    for (let page = 1; found.length < limit; page++) {
      const next = await github.read(
        "list releases",
        ({ rest }, where) => rest.repos.listReleases({ ...where, per_page: pageSize, page }),
        signal,
      );
      found.push(...next.map(releaseFrom));
      if (next.length < pageSize) break;
    }
    return found.toSorted(newestFirst).slice(0, limit);
  }

  /** A draft has no tag yet, and is found in the list only. */
  async function find(tag: string, signal?: AbortSignal): Promise<GithubRelease | null> {
    const published = await orNone(
      github.read("read a release", ({ rest }, where) => rest.repos.getReleaseByTag({ ...where, tag }), signal),
    );
    return published ?? (await list(pageSize, signal)).find((release) => release.tag === tag) ?? null;
  }

  async function get(tag: string, signal?: AbortSignal): Promise<GithubRelease> {
    const found = await find(tag, signal);
    if (found) return found;
    throw new SluiceError("RELEASE_UNKNOWN", `${github.repository} has no release ${tag}`, {
      hint: "sluice release list shows which there are",
    });
  }

  return {
    list,
    latest: (signal) =>
      orNone(
        github.read("read the latest release", ({ rest }, where) => rest.repos.getLatestRelease({ ...where }), signal),
      ),
    find,
    get,
    async create({ tag, target, title, notes, isDraft = false, isPrerelease = false }, signal) {
      assertReleaseTag(tag);
      try {
        const made = await github.write(
          "create a release",
          ({ rest }, where) =>
            rest.repos.createRelease({
              ...where,
              tag_name: tag,
              ...(target === undefined ? {} : { target_commitish: target }),
              name: title ?? tag,
              body: notes,
              draft: isDraft,
              prerelease: isPrerelease,
            }),
          signal,
        );
        return releaseFrom(made);
      } catch (error) {
        // Nobody knows whether it was made; the same tag with the same notes was made by this very call.
        if (!(error instanceof GithubError) || error.code !== "GITHUB_UNREACHABLE") throw error;
        const made = await find(tag, signal).catch(() => null);
        if (made?.notes === notes && made.isDraft === isDraft) return made;
        throw error;
      }
    },
    async promote(tag, signal) {
      const { id } = await get(tag, signal);
      const promoted = await github.write(
        "update a release",
        ({ rest }, where) =>
          rest.repos.updateRelease({
            ...where,
            release_id: id,
            draft: false,
            prerelease: false,
            make_latest: "true",
          }),
        signal,
      );
      return releaseFrom(promoted);
    },
    async attach({ id, uploadUrl, isImmutable }, { name, type, content }, signal) {
      if (isImmutable) return "immutable";
      const assets = await github.read(
        "list the assets of a release",
        ({ rest }, where) => rest.repos.listReleaseAssets({ ...where, release_id: id, per_page: pageSize }),
        signal,
      );
      const same = assets.find((asset) => asset.name === name);
      if (same?.state === "uploaded") return "there";
      if (same) {
        // What an upload that failed may leave is empty, and keeps its name taken.
        await github.write(
          "remove what an upload has left",
          ({ rest }, where) => rest.repos.deleteReleaseAsset({ ...where, asset_id: same.id }),
          signal,
        );
      }
      const attaching = github.write(
        "attach a file to a release",
        ({ rest }, where) =>
          rest.repos.uploadReleaseAsset({
            ...where,
            release_id: id,
            // Assets go to a host of their own; the release names it, as a template that takes the name.
            url: uploadUrl,
            name,
            data: content,
            headers: { "content-type": type },
          }),
        signal,
      );
      return attaching.then(
        () => "attached",
        (error: unknown) => {
          if (isOfImmutable(error)) return "immutable";
          throw error;
        },
      );
    },
  };
}

async function orNone(asked: Promise<ReleaseAnswer>): Promise<GithubRelease | null> {
  try {
    return releaseFrom(await asked);
  } catch (error) {
    if (error instanceof GithubError && error.status === 404) return null;
    throw error;
  }
}

/**
 * GitHub promises no order, and has them by the dates of their commits: a release that goes back to an old commit is not
 * first there. For that reason whole pages are read, however few releases are wanted.
 */
function newestFirst(a: GithubRelease, b: GithubRelease): number {
  if (a.isDraft !== b.isDraft) return a.isDraft ? -1 : 1;
  return (b.publishedAt ?? "").localeCompare(a.publishedAt ?? "");
}
