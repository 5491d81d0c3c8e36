export type Bump = "major" | "minor" | "patch";

/** One changeset: what changes for users, and for which packages. */
export interface Changeset {
  readonly packages: Readonly<Record<string, Bump>>;
  /** Markdown. */
  readonly summary: string;
}

/**
 * Reads a file of `.changeset/`: packages with their bumps between `---` lines, then the summary. `null` for a text that
 * is none, or says nothing. Pure. https://github.com/changesets/changesets
 */
export function parseChangeset(text: string): Changeset | null {
  const [, front, body] =
    /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)([\s\S]*)$/m.exec(text.replace(/^\uFEFF/, "")) ?? [];
  const summary = body?.replaceAll("\r\n", "\n").trim() ?? "";
  if (front === undefined || summary === "") return null;
  const packages: Record<string, Bump> = {};
  for (const line of front.split(/\r?\n/)) {
    const [, name, bump] = /^\s*["']?([^"':]+)["']?\s*:\s*["']?(major|minor|patch)["']?\s*$/.exec(line) ?? [];
    if (name && bump) packages[name] = bump as Bump;
  }
  return { packages, summary };
}
