import type { Changeset } from "../changesets/parse-changeset.ts";
import type { ReleaseComparison } from "./compare-releases.ts";

const sections = [
  { title: "Features", types: ["feat"] },
  { title: "Fixes", types: ["fix", "perf", "revert"] },
] as const;

/** Commits that say nothing to who uses a release. */
const quiet = ["chore", "ci", "build", "test", "style", "docs", "refactor"];

/**
 * Notes of a release as Markdown: what changesets say, else what pull requests are called, else subjects of commits by
 * the kinds of Conventional Commits; then who made and approved what, and the whole comparison. Pure.
 */
export function releaseNotes(comparison: ReleaseComparison | null, changesets: readonly Changeset[]): string {
  const told = changesets.map(({ summary }) => `- ${summary.replaceAll("\n", "\n  ")}`);
  if (!comparison) return `${told.length > 0 ? `${told.join("\n")}\n` : "First release.\n"}`;
  const { commits, pulls, from, to, behind, url } = comparison;
  const parts = [
    told.length > 0 ? section("Changes", told) : commitSections(commits.map(({ subject }) => subject)),
    section(
      "Pull requests",
      pulls.map(({ number, title, author, approvedBy }) => {
        const approved = approvedBy.length > 0 ? `, approved by ${approvedBy.join(", ")}` : "";
        return `- ${plain(title)} (#${number}) by ${author}${approved}`;
      }),
    ),
    behind > 0 ? `${from} has ${behind} commits that ${to} has not.\n` : "",
    `[All changes since ${from}](${url})\n`,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function commitSections(subjects: readonly string[]): string {
  const typed = subjects.map((subject) => {
    const [, type = "", breaking = "", text] = /^([a-z]+)(?:\([^)]*\))?(!?): (.+)$/.exec(subject) ?? [];
    return { type, isBreaking: breaking === "!", text: plain(text ?? subject) };
  });
  const lines = (wanted: (one: (typeof typed)[number]) => boolean) =>
    typed.filter(wanted).map(({ text }) => `- ${text}`);
  const known = [...sections.flatMap(({ types }): readonly string[] => types), ...quiet];
  return [
    section(
      "Breaking changes",
      lines(({ isBreaking }) => isBreaking),
    ),
    ...sections.map(({ title, types }) =>
      section(
        title,
        lines(({ type, isBreaking }) => !isBreaking && types.some((one) => one === type)),
      ),
    ),
    section(
      "Other changes",
      lines(({ type, isBreaking }) => !isBreaking && !known.includes(type)),
    ),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `## ${title}\n\n${lines.join("\n")}\n`;
}

/** Text of others: mentions nobody, and is no markup. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|]/g, "\\$&").replaceAll("@", "@\u200b");
}
