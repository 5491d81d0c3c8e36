/** One line without control characters, at most `most` characters, with an ellipsis where something was cut off. */
export function oneLine(text: string, most: number): string {
  const line = text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .replaceAll(/ +/g, " ")
    .trim();
  const characters = Array.from(line);
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join("")}…`;
}

/** At most `most` bytes of UTF-8, never a part of a character. */
export function limitBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  const ellipsis = "…";
  let size = Buffer.byteLength(ellipsis);
  let kept = "";
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > most) break;
    kept += character;
  }
  return kept + ellipsis;
}

const lookAlikes: Readonly<Record<string, string>> = {
  "\\": "＼",
  "`": "ˋ",
  "*": "＊",
  _: "＿",
  "~": "～",
  "#": "＃",
  "[": "［",
  "]": "］",
  "(": "（",
  ")": "）",
  "<": "＜",
  ">": "＞",
  "!": "！",
  "|": "｜",
  "@": "＠",
};

/**
 * Text that no dialect of Markdown takes for markup, a link or a mention: its signs become their full-width look-alikes.
 * For services that render Markdown and document no way to escape it.
 */
export function withoutMarkdown(text: string): string {
  // Inside a word these two mean nothing, and names of releases are full of them.
  return text.replaceAll(/(?<=[\p{L}\p{N}])[_#](?=[\p{L}\p{N}])|([\\`*_~#[\]()<>!|@])/gu, (all, sign?: string) =>
    sign === undefined ? all : (lookAlikes[sign] ?? sign),
  );
}

/** Text as HTML, safe in content and in double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** An address that may stand in a link: http or https, with everything encoded that could end one. `undefined` otherwise. */
export function safeLink(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  return url.href.replaceAll(/[|()[\]<>"'`\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
