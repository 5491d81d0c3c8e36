const ellipsis = "…";

/**
 * The beginning of a text, at most `most` characters without the ellipsis that says so. It ends between two words: half of
 * a secret would not be known as one by whoever masks it later. Where that would leave less than half of it, as of JSON
 * without white space, it ends before a mark that begins or ends a value there.
 */
export function keepStart(text: string, most: number): string {
  if (text.length <= most) return text;
  const isBetween = /\s/.test(text.charAt(most));
  const words = isBetween ? text.slice(0, most) : text.slice(0, most).replace(/\S+$/, "");
  const kept = words.length >= most / 2 ? words : text.slice(0, most).replace(/[^\s"<>{}[\],]+$/, "");
  return `${kept.trimEnd()} ${ellipsis}`;
}

/** The end of a text, in the same way: it begins between two words. */
export function keepEnd(text: string, most: number): string {
  if (text.length <= most) return text;
  const from = text.length - most;
  const isBetween = /\s/.test(text.charAt(from - 1));
  const kept = isBetween ? text.slice(from) : text.slice(from).replace(/^\S+/, "");
  return `${ellipsis} ${kept.trimStart()}`;
}
