const longest = 120;

/**
 * A statement as it may be shown: on one line, cut, with `?` in the place of every literal and without comments. What
 * begins a literal that the server cut off hides all that follows.
 */
export function hideLiterals(sql: string): string {
  return oneLine(withoutLiterals(sql, ""));
}

/** The same, with its lines where they were. */
export function maskLiterals(sql: string): string {
  return withoutLiterals(sql, "\n");
}

/** @param most characters; what is longer is cut */
export function oneLine(text: string, most: number = longest): string {
  const characters = Array.from(text.replace(/\s+/g, " ").trim());
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : characters.join("");
}

/** @param lineEnd what is left of each end of a line in what is hidden */
function withoutLiterals(sql: string, lineEnd: string): string {
  return sql.replace(token, (whole, ...groups: unknown[]) => {
    const { comment, literal } = groups.at(-1) as { comment?: string; literal?: string };
    if (comment === undefined && literal === undefined) return whole;
    return `${comment === undefined ? "?" : " "}${lineEnd.repeat(whole.split("\n").length - 1)}`;
  });
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
