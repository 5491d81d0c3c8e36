import { html, type Markup } from "./markup.ts";

export interface Column {
  readonly name: string;
  /** Numbers are aligned to the right; a chart takes what room is left. */
  readonly is?: "number" | "chart";
}

/** A table with a caption and headers of columns; the first cell of a row is its header. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly (string | Markup)[])[],
): Markup {
  return html`<div class="wide"><table><caption>${caption}</caption>
<thead><tr>${columns.map(({ name, is }) => html`<th scope="col" class="${is ?? "text"}">${name}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => row(columns, cells))}</tbody></table></div>`;
}

function row(columns: readonly Column[], cells: readonly (string | Markup)[]): Markup {
  return html`<tr>${cells.map((cell, index) => {
    const kind = columns[index]?.is ?? "text";
    return index === 0 ? html`<th scope="row" class="${kind}">${cell}</th>` : html`<td class="${kind}">${cell}</td>`;
  })}</tr>
`;
}
