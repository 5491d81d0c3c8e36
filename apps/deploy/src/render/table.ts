import { stripVTControlCharacters } from "node:util";

/** Columns aligned by their widest cell, two spaces between; nothing for no rows. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const all = head.length > 0 ? [head, ...rows] : rows;
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ""))));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** A title and what belongs to it, indented; nothing when there is nothing. */
export function formatSection(title: string, body: string): string {
  if (body === "") return "";
  return `\n${title}\n${body.trimEnd().replaceAll(/^(?=.)/gm, "  ")}\n`;
}

const width = (text: string) => stripVTControlCharacters(text).length;
