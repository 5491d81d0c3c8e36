import type { JournalRecord, WantedRecords } from "@sluice/core";
import { homeError } from "../home/home-error.ts";
import type { StateHome } from "../home/state-home.ts";
import { journalFiles } from "./journal-files.ts";
import { type Line, type NumberedLine, readLines, readLinesBackwards, type SkipLine } from "./lines.ts";
import { parseRecord } from "./record.ts";

/**
 * Records in order; a torn last line is left out. What is of another type than the wanted ones is told by the beginning
 * of its line alone, and its rest is not looked at.
 *
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function* readRecords(
  { path }: Pick<StateHome, "path">,
  wanted: WantedRecords = {},
): AsyncGenerator<JournalRecord> {
  const { journal } = journalFiles(path);
  let torn: NumberedLine | null = null;
  try {
    for await (const line of readLines(journal, skipUnwanted(wanted))) {
      // Only the last line can be torn: one before it is damaged.
      if (torn) parseRecord("", journal, torn.number);
      torn = line.complete ? null : line;
      if (torn) continue;
      const record = parseRecord(line.text, journal, line.number);
      if (isWanted(record, wanted)) yield record;
    }
  } catch (error) {
    throw homeError(error, journal, "the journal cannot be read:");
  }
}

/** As `readRecords`, from the newest to the oldest, reading only as far back as the caller goes. */
export async function* readRecordsBackwards(
  { path }: Pick<StateHome, "path">,
  wanted: WantedRecords = {},
): AsyncGenerator<JournalRecord> {
  const { journal } = journalFiles(path);
  try {
    for await (const line of readLinesBackwards(journal, skipUnwanted(wanted))) {
      if (line.isLast && !line.complete) continue;
      const record = await parseFromEnd(line, journal);
      if (isWanted(record, wanted)) yield record;
    }
  } catch (error) {
    throw homeError(error, journal, "the journal cannot be read:");
  }
}

/** What is wrong is told by the number of its line, for which the lines before it are counted. */
async function parseFromEnd({ text, start }: Line, path: string): Promise<JournalRecord> {
  try {
    return parseRecord(text, path, null);
  } catch (error) {
    for await (const line of readLines(path)) if (line.start === start) return parseRecord(text, path, line.number);
    throw error;
  }
}

/** How each record begins as it is written; one that begins in another way, or whose type is no plain text, is read as a whole. */
const beginning = /^\{"v":1,"seq":\d+,"at":"[-:.\dTZ]*","type":"([\w.-]*)"/;
const beginningBytes = 200;

function skipUnwanted({ types }: WantedRecords): SkipLine | undefined {
  if (!types) return undefined;
  return (bytes) => {
    const type = beginning.exec(bytes.toString("latin1", 0, beginningBytes))?.[1];
    return type !== undefined && !types(type);
  };
}

function isWanted({ type }: JournalRecord, { types }: WantedRecords): boolean {
  return types?.(type) ?? true;
}
