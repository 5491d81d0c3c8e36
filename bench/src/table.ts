/** A text table: the first column to the left, the others to the right, as wide as their content. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const pad = (text: string, column: number) => {
    const space = " ".repeat((widths[column] ?? 0) - text.length);
    return column === 0 ? text + space : space + text;
  };
  const line = (row: readonly string[]) =>
    Array.from({ length: columns }, (_, column) => pad(row[column] ?? "", column))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line)].join("\n");
}

/** The same in Markdown. */
export function formatMarkdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

/** A number for people: no decimals from 100 on, one from 10, two below. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const decimals = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(decimals);
}
