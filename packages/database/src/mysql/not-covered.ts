import type { Fingerprint } from "../model/fingerprint.ts";
import { sampleRate, type TableShape } from "./fingerprint-sql.ts";

/** For people: what a comparison of these tables does not see. Pure. */
export function notCovered(
  shapes: readonly Pick<TableShape, "name" | "transactional" | "columns">[],
  tables: Fingerprint["tables"],
): string[] {
  const large = tables.filter(({ sampled }) => sampled).length;
  const past = tables.filter(({ history }) => history).map(({ name }) => name);
  const moving = shapes.filter(({ transactional }) => !transactional).map(({ name }) => name);
  // The server says no more of them to whoever dumps, or compares, their text.
  const rounded = shapes.flatMap(({ name, columns }) =>
    columns.filter(({ type }) => type === "float").map((column) => `${name}.${column.name}`),
  );
  return [
    "definitions of views, routines, triggers, events and constraints (they are counted)",
    "events that end by themselves, at one time or after some (they are not counted)",
    ...(large > 0 ? [`${sampleRate - 1} of ${sampleRate} rows of large tables: ${large} (all are counted)`] : []),
    ...(moving.length > 0
      ? [`tables of engines without transactions, which no moment holds still: ${moving.join(", ")}`]
      : []),
    ...(past.length > 0
      ? [`when each row of a history was valid (rows and values are compared): ${past.join(", ")}`]
      : []),
    ...(rounded.length > 0
      ? [`digits of FLOAT columns beyond the sixth, which a dump does not hold either: ${rounded.join(", ")}`]
      : []),
  ];
}
