/**
 * Compose's canonical output escapes `$` as `$$`, so that it can be read back. What we read for ourselves, or hand to
 * the engine, must be unescaped; what goes back to Compose must stay as it is.
 */
export function unescapeDollars(text: string): string {
  return text.replaceAll("$$", "$");
}

export function escapeDollars(text: string): string {
  return text.replaceAll("$", "$$$$");
}
