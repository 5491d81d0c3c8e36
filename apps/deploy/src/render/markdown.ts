import { markdownText } from "@sluice/wiring";

/** A table, with an empty line before it; nothing for no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const row = (cells: readonly string[]) => `| ${cells.map(markdownText).join(" | ")} |`;
  return ["", row(head), `|${" --- |".repeat(head.length)}`, ...rows.map(row)];
}

/** Text of others as code inside a line. */
export function code(text: string): string {
  return `\`${text.replaceAll(/\s+/g, " ").replaceAll("`", "'")}\``;
}
