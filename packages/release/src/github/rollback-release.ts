import { SluiceError } from "@sluice/core";
import type { GithubRelease } from "./release-from.ts";
import type { NewRelease } from "./releases.ts";

const suffix = /-rollback\.(\d+)$/;

/** The release that a tag goes back to, itself for one that goes back to none. Pure. */
export function rolledBackTo(tag: string): string {
  return tag.replace(suffix, "");
}

/** The next free tag for going back to a release: `v1.4.1-rollback.1`. Pure. */
export function rollbackTag(tag: string, taken: readonly string[]): string {
  const origin = rolledBackTo(tag);
  const numbers = taken.filter((one) => rolledBackTo(one) === origin).map((one) => Number(suffix.exec(one)?.[1] ?? 0));
  return `${origin}-rollback.${Math.max(0, ...numbers) + 1}`;
}

export interface RollbackChoice {
  /** The release that is left. */
  readonly from: GithubRelease;
  /** The stable release that is gone back to. */
  readonly to: GithubRelease;
}

/**
 * What is left, the latest release, and what is gone back to: the tag that was given, else the release that served before
 * it. A release that was rolled back from is never that one, however many came after it. Pure.
 *
 * @param releases newest first
 * @param latest the one that GitHub calls so: a promotion makes an older release the latest
 * @throws SluiceError NOTHING_TO_ROLL_BACK, RELEASE_UNKNOWN
 */
export function chooseRollback(
  releases: readonly GithubRelease[],
  latest: GithubRelease | null,
  wanted?: string,
): RollbackChoice {
  const full = releases.filter(({ isDraft, isPrerelease }) => !isDraft && !isPrerelease);
  const to =
    wanted === undefined ? goodReleases(full, latest).at(-2) : full.find(({ tag }) => tag === rolledBackTo(wanted));
  if (latest && to && latest.tag !== to.tag) return { from: latest, to };
  if (latest && wanted !== undefined && !to) {
    throw new SluiceError("RELEASE_UNKNOWN", `there is no full release ${wanted} to go back to`, {
      hint: "sluice release list shows which there are",
    });
  }
  throw new SluiceError("NOTHING_TO_ROLL_BACK", "there is no earlier full release to go back to", {
    hint: "name one: sluice release rollback TAG --reason TEXT",
  });
}

/**
 * Releases that nobody went back from, in the order in which they began to serve; the last serves now. A rollback takes off
 * all that came after the release it goes back to.
 */
function goodReleases(full: readonly GithubRelease[], latest: GithubRelease | null): readonly GithubRelease[] {
  const earlier = full.filter(({ tag }) => tag !== latest?.tag).toReversed();
  const good: GithubRelease[] = [];
  for (const release of [...earlier, ...(latest ? [latest] : [])]) {
    const origin = rolledBackTo(release.tag);
    const at = good.findIndex(({ tag }) => rolledBackTo(tag) === origin);
    if (at >= 0) good.length = at + 1;
    // Somebody named one that had been taken off; where it is gone from GitHub, the rollback stands for it.
    else good.push(full.find(({ tag }) => tag === origin) ?? release);
  }
  return good;
}

/**
 * The release that goes back: GitHub allows one release for a tag, so it has a tag of its own, on the commit of the
 * release it goes back to. Published, it is deployed like any other, without a build. Pure.
 */
export function rollbackRelease(
  { from, to }: RollbackChoice,
  { commit, reason, actor, taken }: RollbackFacts,
): NewRelease {
  const tag = rollbackTag(to.tag, taken);
  const notes = [
    `Goes back from **${from.tag}** to **${to.tag}**.`,
    `Reason: ${reason.replaceAll("@", "@\u200b")}`,
    `Asked for by ${actor}. Commit ${commit}, as [${to.tag}](${to.url}).`,
  ];
  return {
    tag,
    target: commit,
    title: `${tag}: back to ${to.tag}`,
    notes: `${notes.join("\n\n")}\n`,
    isNumbered: true,
  };
}

/** The same under the number after its own. Pure. */
export function renumbered(release: NewRelease): NewRelease {
  const tag = rollbackTag(release.tag, [release.tag]);
  return { ...release, tag, title: release.title?.replace(release.tag, tag) };
}

export interface RollbackFacts {
  /** Of the release that is gone back to. */
  readonly commit: string;
  readonly reason: string;
  readonly actor: string;
  /** Tags that are not free. */
  readonly taken: readonly string[];
}
