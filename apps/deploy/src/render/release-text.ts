import type { GithubRelease, ReleaseComparison } from "@sluice/wiring";
import { formatSection, formatTable } from "./table.ts";
import { agoText } from "./words.ts";

export function releasesText(releases: readonly GithubRelease[], now: Date): string {
  return formatTable(
    ["tag", "kind", "published", "by", "title"],
    releases.map(({ tag, publishedAt, author, title, ...release }) => [
      tag,
      kindOf(release),
      publishedAt ? agoText(publishedAt, now) : "-",
      author,
      oneLine(title),
    ]),
  );
}

export function releaseText(release: GithubRelease, commit: string | null): string {
  const { tag, title, publishedAt, author, url, notes, assets } = release;
  const facts = [
    ["kind", kindOf(release)],
    ["commit", commit ?? "-"],
    ["published", publishedAt ? `${publishedAt} by ${author}` : "-"],
    ["url", url],
  ];
  const files = formatTable(
    [],
    assets.map(({ name, bytes }) => [oneLine(name), `${bytes} bytes`]),
  );
  return `${tag}  ${oneLine(title)}\n${formatTable([], facts)}${formatSection("notes", notes)}${formatSection("files", files)}`;
}

export function comparisonText(comparison: ReleaseComparison): string {
  const { from, to, commits, ahead, behind, pulls, direct, unasked, url } = comparison;
  const rowsOf = (some: readonly (typeof commits)[number][]) =>
    formatTable(
      [],
      some.map(({ commit, subject, author }) => [commit.slice(0, 8), oneLine(subject), author]),
    );
  const byHand = rowsOf(commits.filter(({ commit }) => direct.includes(commit)));
  const requests = pulls.map(({ number, title, author, approvedBy }) => [
    `#${number}`,
    oneLine(title),
    author,
    approvedBy.length > 0 ? `approved by ${approvedBy.join(", ")}` : "not approved",
  ]);
  const left = ahead - commits.length;
  return [
    `${to} has ${ahead} commits since ${from}${behind > 0 ? `, and lacks ${behind} of it` : ""}\n`,
    formatSection("commits", `${rowsOf(commits)}${left > 0 ? `and ${left} before\n` : ""}`),
    formatSection("pull requests", formatTable([], requests)),
    formatSection(
      "by no pull request",
      `${byHand}${unasked > 0 ? `${unasked} more commits are too many to be asked for\n` : ""}`,
    ),
    `\n${url}\n`,
  ].join("");
}

/** What a release is, in a word. */
export function kindOf({
  isDraft,
  isPrerelease,
}: {
  readonly isDraft?: boolean | undefined;
  readonly isPrerelease?: boolean | undefined;
}): "draft" | "prerelease" | "release" {
  if (isDraft) return "draft";
  return isPrerelease ? "prerelease" : "release";
}

/** Text of others where one line is meant, as in a table. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
}
