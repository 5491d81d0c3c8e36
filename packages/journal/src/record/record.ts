import { createHash } from "node:crypto";
import { type JournalEntry, type JournalRecord, SluiceError } from "@sluice/core";

export const firstPrevious = "0".repeat(64);

/** Where a record goes in the chain. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** The text of the next record, without the line end, and the record as a reader will see it. */
export function formatRecord(entry: JournalEntry, at: Date, end: ChainEnd): { record: JournalRecord; line: string } {
  const { type, ...rest } = entry;
  const open = { ...rest, v: 1, seq: end.seq + 1, at: at.toISOString(), type, previous: end.hash } as const;
  // A round trip leaves only what JSON can carry, so that the hash is of what readers get.
  const plain = JSON.parse(JSON.stringify(open)) as JournalRecord;
  const { v, seq, at: time, type: kind, previous, hash: _never, ...content } = plain;
  const record = { v, seq, at: time, type: kind, ...content, previous };
  const complete = { ...record, hash: hashRecord(record) } as JournalRecord;
  return { record: complete, line: JSON.stringify(complete) };
}

/** SHA-256 over the record without its hash, keys in order. */
export function hashRecord(record: Readonly<Record<string, unknown>>): string {
  const { hash: _own, ...content } = record;
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}

/** JSON with keys in code unit order at every level. Plain JSON values only. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson((value as Record<string, unknown>)[key])}`);
  return `{${fields.join(",")}}`;
}

/**
 * @param line number for messages; `null` where it is not known because the file is read from its end
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER
 */
export function parseRecord(text: string, file: string, line: number | null): JournalRecord {
  const where = line === null ? "the last line" : `line ${line}`;
  const position = { file, line: line ?? undefined };
  const value = parseObject(text);
  const version = value?.["v"];
  if (typeof version === "number" && version > 1) {
    throw new SluiceError(
      "JOURNAL_NEWER",
      `${where} of the journal was written by a newer Sluice (version ${version})`,
      {
        hint: "use that version of Sluice, or a newer one",
        position,
      },
    );
  }
  if (value && isRecord(value)) return value;
  throw new SluiceError("JOURNAL_INVALID", `${where} of the journal is not a record`, {
    hint: "sluice audit verify shows every such line; restore it, or the whole state home from an export: sluice state import ARCHIVE --replace; without one: sluice state rebuild --replace",
    position,
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function isRecord(value: Readonly<Record<string, unknown>>): value is JournalRecord {
  const { v, seq, at, type, previous, hash } = value;
  const texts = [at, type, previous, hash];
  return v === 1 && Number.isSafeInteger(seq) && Number(seq) > 0 && texts.every((text) => typeof text === "string");
}
