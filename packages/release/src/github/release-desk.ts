import { SluiceError } from "@sluice/core";
import { readChangesets } from "../changesets/read-changesets.ts";
import { describeCheckout } from "../checkout/describe-checkout.ts";
import { commitOnGithub } from "./check-release.ts";
import { compareReleases, type ReleaseComparison } from "./compare-releases.ts";
import type { Github } from "./github.ts";
import { GithubError, isOfImmutable } from "./github-error.ts";
import type { GithubRelease } from "./release-from.ts";
import { releaseNotes } from "./release-notes.ts";
import { type Attached, createGithubReleases, type NewRelease, type ReleaseAsset } from "./releases.ts";
import { chooseRollback, type RollbackChoice, renumbered, rollbackRelease, rolledBackTo } from "./rollback-release.ts";
import { readOtherWorkflows, type WorkflowText } from "./workflow-files.ts";

/** Releases that are looked at for the next free tag, and for what there is to go back to; an older one has to be named. */
const lookedAt = 300;
/** Numbers that are tried for a rollback: so many were deleted by nobody. */
const triedNumbers = 20;

export type CreateReleaseCall = Omit<NewRelease, "notes"> & {
  /** Markdown; default: made from changesets, pull requests and commits. */
  readonly notes?: string | undefined;
};

export interface RollbackReleaseCall {
  /** Default: the release that served before the latest. */
  readonly to?: string | undefined;
  readonly reason: string;
  readonly actor: string;
}

/**
 * Why a release on a commit with these workflows would not be deployed as it is to be; `null` where nothing says so.
 *
 * @param changed paths of those that the release which is left has not, or not so
 * @param left those of that release
 */
export type JudgeWorkflows = (
  workflows: readonly WorkflowText[],
  changed: readonly string[],
  left: readonly WorkflowText[],
) => string | null;

/** What people do with releases, put together. Errors are `GithubError`s, and those named. */
export interface ReleaseDesk {
  readonly repository: string;
  /** Newest first. */
  list(limit: number, signal?: AbortSignal): Promise<readonly GithubRelease[]>;
  /** A release and its commit, `null` for a draft whose tag is not made. @throws SluiceError RELEASE_UNKNOWN */
  show(tag: string, signal?: AbortSignal): Promise<GithubRelease & { readonly commit: string | null }>;
  /** What `create` would make. @throws SluiceError RELEASE_REFUSED for a tag of another commit, and for one that is not pushed */
  draft(call: CreateReleaseCall, signal?: AbortSignal): Promise<NewRelease>;
  /** A rollback gets a later number where GitHub does not give its tag again. */
  create(release: NewRelease, signal?: AbortSignal): Promise<GithubRelease>;
  /** @throws SluiceError RELEASE_UNKNOWN */
  promote(tag: string, signal?: AbortSignal): Promise<GithubRelease>;
  /**
   * The release that would go back, to be made by `create`.
   *
   * @throws SluiceError NOTHING_TO_ROLL_BACK, RELEASE_UNKNOWN, RELEASE_REFUSED where the workflows of its commit deploy otherwise
   */
  draftRollback(call: RollbackReleaseCall, signal?: AbortSignal): Promise<NewRelease>;
  /** @param to default: the latest release */
  compare(from: string, to: string | undefined, signal?: AbortSignal): Promise<ReleaseComparison>;
  /** Attaches a file to the release of a tag, where there is one that has none of this name, and that may still get one. */
  attach(tag: string, asset: ReleaseAsset, signal?: AbortSignal): Promise<Attached | "no-release">;
}

/**
 * Nothing is asked before the first call. Errors are those that the verbs of `ReleaseDesk` name.
 *
 * @param directory the checkout, absolute: its commit is released unless another is named, and its changesets are told
 * @param judge of the workflows of what is gone back to
 */
export function createReleaseDesk(github: Github, directory: string, judge: JudgeWorkflows = () => null): ReleaseDesk {
  const releases = createGithubReleases(github);

  const commitOf = async (ref: string, signal?: AbortSignal): Promise<string | null> => {
    try {
      return await commitOnGithub(github, ref, signal);
    } catch (error) {
      // GitHub answers 422 for a ref that it does not know.
      if (error instanceof GithubError && (error.status === 404 || error.status === 422)) return null;
      throw error;
    }
  };

  return {
    repository: github.repository,
    list: (limit, signal) => releases.list(limit, signal),
    async show(tag, signal) {
      const release = await releases.get(tag, signal);
      return { ...release, commit: release.isDraft ? null : await commitOf(`tags/${tag}`, signal) };
    },
    async draft({ target, notes, ...release }, signal) {
      const wanted = target ?? (await describeCheckout(directory, { signal })).commit ?? undefined;
      await assertReleasable(release.tag, wanted, signal);
      if (notes !== undefined) return { ...release, target: wanted, notes };
      const [before, changesets] = await Promise.all([releases.latest(signal), readChangesets(directory)]);
      const comparison =
        before && wanted !== undefined ? await compareReleases(github, before.tag, wanted, signal) : null;
      return { ...release, target: wanted, notes: releaseNotes(comparison, changesets) };
    },
    async create(release, signal) {
      let next = release;
      for (let tried = 1; ; tried++) {
        try {
          return await releases.create(next, signal);
        } catch (error) {
          // Nothing else tells of such a tag: the release that had it is gone, and it may be, too.
          if (!next.isNumbered || tried >= triedNumbers || !isOfImmutable(error)) throw error;
          next = await unlessTagged(renumbered(next), signal);
        }
      }
    },
    promote: (tag, signal) => releases.promote(tag, signal),
    async draftRollback({ to: wanted, reason, actor }, signal) {
      const [newest, latest] = await Promise.all([releases.list(lookedAt, signal), releases.latest(signal)]);
      const all = wanted === undefined ? newest : await withNamed(newest, rolledBackTo(wanted), signal);
      const choice = chooseRollback(all, latest, wanted);
      const [commit, left] = await Promise.all([
        commitOnGithub(github, `tags/${choice.to.tag}`, signal),
        commitOnGithub(github, `tags/${choice.from.tag}`, signal),
      ]);
      await assertDeployed(choice, { commit, left }, signal);
      const taken = all.map(({ tag }) => tag);
      return unlessTagged(rollbackRelease(choice, { commit, reason, actor, taken }), signal);
    },
    async compare(from, to, signal) {
      const head = to ?? (await releases.latest(signal))?.tag;
      if (head !== undefined) return compareReleases(github, from, head, signal);
      throw new SluiceError("RELEASE_UNKNOWN", `${github.repository} has no full release to compare with`, {
        hint: "name both: sluice release compare FROM TO",
      });
    },
    async attach(tag, asset, signal) {
      const release = await releases.find(tag, signal);
      return release ? releases.attach(release, asset, signal) : "no-release";
    },
  };

  /** GitHub runs the workflows of the commit of a tag, and none that came later. */
  async function assertDeployed(
    { from, to }: RollbackChoice,
    { commit, left }: { readonly commit: string; readonly left: string },
    signal?: AbortSignal,
  ): Promise<void> {
    const others = await readOtherWorkflows(github, { at: commit, than: left }, signal);
    const reason = judge(others.workflows, others.changed, others.left);
    if (reason === null) return;
    throw new SluiceError(
      "RELEASE_REFUSED",
      `a release on the commit of ${to.tag} is deployed past Sluice: ${reason}`,
      {
        hint:
          `make a commit of ${to.tag} that keeps .github/workflows and sluice.yaml of ${from.tag}, and release that; ` +
          `on the server, where it is stored: sluice rollback ${to.tag}`,
      },
    );
  }

  /** The release of a tag as well, where it is none of the newest. */
  async function withNamed(newest: readonly GithubRelease[], tag: string, signal?: AbortSignal) {
    if (newest.some((release) => release.tag === tag)) return newest;
    const found = await releases.find(tag, signal);
    return found ? [...newest, found] : newest;
  }

  /**
   * The tag of a release that was deleted may be there still, and GitHub would heed it, and no target. One of the same commit may be that
   * of a release that is none of the newest.
   */
  async function unlessTagged(release: NewRelease, signal?: AbortSignal): Promise<NewRelease> {
    const tagged = await commitOf(`tags/${release.tag}`, signal);
    const isFree = tagged === null || (tagged === release.target && !(await releases.find(release.tag, signal)));
    return isFree ? release : unlessTagged(renumbered(release), signal);
  }

  /** GitHub makes no release of a commit that it has not, and heeds no target where the tag is there already. */
  async function assertReleasable(tag: string, target: string | undefined, signal?: AbortSignal): Promise<void> {
    if (target === undefined) return;
    const [tagged, wanted] = await Promise.all([commitOf(`tags/${tag}`, signal), pushed(target, signal)]);
    if (tagged === null || wanted === tagged) return;
    throw new SluiceError("RELEASE_REFUSED", `tag ${tag} is commit ${tagged} on GitHub, not ${wanted}`, {
      hint: `check out ${tag} before releasing it, or choose another tag`,
    });
  }

  /** Not found is another answer: the repository, hidden from this token. */
  async function pushed(target: string, signal?: AbortSignal): Promise<string> {
    try {
      return await commitOnGithub(github, target, signal);
    } catch (cause) {
      if (!(cause instanceof GithubError) || cause.status !== 422) throw cause;
      const what = /^[0-9a-f]{40}$/.test(target) ? `commit ${target}` : target;
      throw new SluiceError("RELEASE_REFUSED", `${what} is not on GitHub`, { hint: "push it first: git push", cause });
    }
  }
}
