const longest = 120;

/**
 * A statement as it may be shown: on one line, cut, with `?` in the place of every literal and without comments. What
 * begins a literal that the server cut off hides all that follows.
 */
export function hideLiterals(sql: string): string {
  const hidden = sql.replace(token, (whole, ...groups: unknown[]) => {
    const { comment, literal } = groups.at(-1) as { comment?: string; literal?: string };
    if (comment !== undefined) return " ";
    return literal === undefined ? whole : "?";
  });
  const line = hidden.replace(/\s+/g, " ").trim();
  const characters = Array.from(line);
  return characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : line;
}

/**
 * In this order: comments, strings with backslashes, plain strings, dollar quotes, names in quotes (kept whole: they may
 * hold quotes), words (a digit in a name is no number), numbers.
 */
const token = new RegExp(
  [
    String.raw`(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))`,
    String.raw`(?<literal>\b[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|\\?$)|(?:\b[bBxXnN]|\b[uU]&)?'(?:[^']|'')*(?:'|$)|(?<![\w$])\$(?<tag>(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[\s\S]*?(?:\$\k<tag>\$|$)|(?<![\w$.])\.?\d[\w.]*)`,
    String.raw`"(?:[^"]|"")*(?:"|$)`,
    String.raw`[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*(?!')`,
  ].join("|"),
  "g",
);
