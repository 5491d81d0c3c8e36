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
 * What is left, and what is gone back to: the tag that was given, else the full release before the newest. After a
 * rollback that is the one before the release it went back to: the one that was left is not good. Pure.
 *
 * @param releases newest first
 * @throws SluiceError NOTHING_TO_ROLL_BACK, RELEASE_UNKNOWN
 */
export function chooseRollback(releases: readonly GithubRelease[], wanted?: string): RollbackChoice {
  const full = releases.filter(({ isDraft, isPrerelease }) => !isDraft && !isPrerelease);
  const from = full[0];
  const originals = full.filter(({ tag }) => rolledBackTo(tag) === tag);
  const at = originals.findIndex(({ tag }) => from && tag === rolledBackTo(from.tag));
  const to = wanted === undefined ? originals[at + 1] : originals.find(({ tag }) => tag === rolledBackTo(wanted));
  if (from && to && from !== to) return { from, to };
  if (from && wanted !== undefined && !to) {
    throw new SluiceError("RELEASE_UNKNOWN", `there is no full release ${wanted} to go back to`, {
      hint: "sluice release list shows which there are",
    });
  }
  throw new SluiceError("NOTHING_TO_ROLL_BACK", "there is no earlier full release to go back to", {
    hint: "name one: sluice release rollback TAG --reason TEXT",
  });
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
  return { tag, target: commit, title: `${tag}: back to ${to.tag}`, notes: `${notes.join("\n\n")}\n` };
}

export interface RollbackFacts {
  /** Of the release that is gone back to. */
  readonly commit: string;
  readonly reason: string;
  readonly actor: string;
  /** Tags that releases have. */
  readonly taken: readonly string[];
}
