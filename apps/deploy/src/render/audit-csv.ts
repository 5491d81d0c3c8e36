import type { JournalRecord } from "@sluice/core";
import { stringify } from "csv-stringify/sync";

const columns = [
  "record",
  "at",
  "type",
  "deployment",
  "by",
  "host",
  "run",
  "kind",
  "release",
  "bundle",
  "commit",
  "images",
  "changes",
  "step",
  "result",
  "reason",
  "consents",
  "error",
  "serving",
  "details",
  "previous",
  "hash",
] as const;
type Column = (typeof columns)[number];

/**
 * The record as a table, one record a row, for spreadsheets and for what reads them. A text that a spreadsheet would take
 * for a formula begins with an apostrophe. https://owasp.org/www-community/attacks/CSV_Injection
 */
export function auditCsv(records: readonly JournalRecord[]): string {
  return stringify(records.map(rowOf), { header: true, columns: [...columns], escape_formulas: true });
}

/** Whatever the type of a record is: its columns, and what is in none of them as JSON. */
function rowOf({ v: _v, seq, at, type, previous, hash, deployment = "", ...rest }: JournalRecord) {
  const { actor, origin, kind, tag, bundle, data, step, result, outcome, reason, consents, order, modelChanges } = rest;
  const { error, serving, plan: _plan, observations: _seen, data: _data, ...details } = rest;
  const { bundle: madeBundle, commit, images, ...made } = objectOf(data);
  const { host, run } = objectOf(origin);
  const { code, message } = objectOf(error);
  const live = objectOf(serving);
  const row: Readonly<Record<Column, unknown>> = {
    record: seq,
    at,
    type,
    deployment,
    by: actor,
    host,
    run,
    kind: kind ?? order,
    release: tag ?? rest["release"],
    bundle: bundle ?? madeBundle,
    commit,
    images: images && JSON.stringify(images),
    changes: changesText(modelChanges),
    step,
    result: result ?? outcome,
    reason,
    consents: Array.isArray(consents) ? consents.join("; ") : "",
    error: typeof error === "string" ? error : [code, message].filter(Boolean).join(": "),
    serving: live["tag"] && [live["tag"], live["slot"], `${String(live["share"])} %`].join(" "),
    details: detailsOf(Object.keys(made).length > 0 ? { ...details, data: made } : details),
    previous,
    hash,
  };
  return row;
}

/** Fields that have a column of their own. */
const shown = new Set(
  "actor origin kind order tag release bundle step result outcome reason consents previousBundle modelChanges".split(
    " ",
  ),
);

function detailsOf(fields: Readonly<Record<string, unknown>>): string {
  const others = Object.entries(fields).filter(([name]) => !shown.has(name));
  return others.length > 0 ? JSON.stringify(Object.fromEntries(others)) : "";
}

/** One difference a line, as a person reads it in a cell. */
function changesText(value: unknown): string {
  const { listed, omitted } = objectOf(value);
  const lines = (Array.isArray(listed) ? listed : []).map((each: unknown) => {
    const { change, path, before, after } = objectOf(each);
    const values = [before, after].filter((side) => typeof side === "string");
    return [change, path, values.join(" -> ")].join(" ");
  });
  return [...lines, ...(typeof omitted === "number" && omitted > 0 ? [`and ${omitted} more`] : [])].join("\n");
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
