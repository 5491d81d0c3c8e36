const ellipsis = "…";

/**
 * The beginning of a text, at most `most` characters without the ellipsis that says so. It ends between two words: half of
 * a secret would not be known as one by whoever masks it later.
 */
export function keepStart(text: string, most: number): string {
  if (text.length <= most) return text;
  const isBetween = /\s/.test(text.charAt(most));
  const kept = isBetween ? text.slice(0, most) : text.slice(0, most).replace(/\S+$/, "");
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
