export interface Word {
  /** As it is written, with its quotes. */
  readonly raw: string;
  /** As a program is given it; variables are left as they are. */
  readonly text: string;
}

const word = /(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|\$\([^)]*\)|\$\{[^}]*\}+|[^\s;&|<>()"'\\])+/y;

/**
 * The words of the first command of a shell's line: those up to what ends it (`;`, `&&`, `||`, `|`, `)`, a comment) or sends
 * its output elsewhere. Pure.
 */
export function splitLine(line: string): readonly Word[] {
  const words: Word[] = [];
  let at = 0;
  for (;;) {
    while (/[ \t]/.test(line[at] ?? "")) at += 1;
    word.lastIndex = at;
    const raw = line[at] === "#" ? undefined : word.exec(line)?.[0];
    if (raw === undefined) return words;
    at += raw.length;
    // The number of what is sent elsewhere: `2>&1`.
    if (/^\d+$/.test(raw) && /[<>]/.test(line[at] ?? "")) return words;
    words.push({ raw, text: unquoted(raw) });
  }
}

/**
 * The same word for a compose file, where `$$` is a `$`: what the shell leaves alone, within single quotes or after a
 * backslash, is for a shell in the container, and Compose would put its own value in. Pure.
 */
export function forCompose({ raw }: Word): Word {
  const doubled = raw.replace(/\\.|"(?:\\.|[^"\\])*"|'[^']*'/g, (part) =>
    part.startsWith("'")
      ? part.replaceAll("$", () => "$$")
      : part.replaceAll(/\\./g, (escaped) => (escaped === "\\$" ? "$$" : escaped)),
  );
  return { raw: doubled, text: unquoted(doubled) };
}

function unquoted(raw: string): string {
  return raw.replace(
    /\\(.)|"((?:\\.|[^"\\])*)"|'([^']*)'/g,
    (_whole, one?: string, double?: string, single?: string) =>
      one !== undefined ? one : double !== undefined ? double.replace(/\\(["\\$`])/g, "$1") : (single ?? ""),
  );
}
