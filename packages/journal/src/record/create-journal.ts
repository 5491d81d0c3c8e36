import { constants, type FileHandle, open } from "node:fs/promises";
import type { Clock, Journal, JournalEntry, JournalRecord } from "@sluice/core";
import { syncPath } from "@sluice/core/node";
import { homeError, isDiskFull } from "../home/home-error.ts";
import type { StateHome } from "../home/state-home.ts";
import { writeHead } from "./head.ts";
import { findEnd } from "./journal-end.ts";
import { journalFiles } from "./journal-files.ts";
import { readRecords, readRecordsBackwards } from "./read-records.ts";
import { type ChainEnd, formatRecord } from "./record.ts";
import { makeRoom } from "./reserve.ts";

/**
 * The journal of a state home: one JSON record a line, each chained to the one before by its hash, durable when `append`
 * resolves. Appends of one process are put in order; between processes the lock of the home does that. On a full disk those of a
 * deployment or a way back, which have the home's lock as such, go into the room that the lock's taking has kept for them.
 */
export function createJournal(
  home: Pick<StateHome, "path"> & Partial<Pick<StateHome, "deploying">>,
  clock: Clock,
): Journal {
  const files = journalFiles(home.path);
  let last: { readonly size: number; readonly end: ChainEnd } | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  async function append(entry: JournalEntry): Promise<JournalRecord> {
    for (;;) {
      try {
        return await appendOnce(entry);
      } catch (error) {
        if (!(isDiskFull(error) && (await makeRoom(home, "records"))))
          throw homeError(error, files.journal, "the journal cannot be written:");
      }
    }
  }

  async function appendOnce(entry: JournalEntry): Promise<JournalRecord> {
    await using file = await open(files.journal, constants.O_RDWR | constants.O_CREAT, 0o600);
    const { size } = await file.stat();
    const end = last?.size === size ? last.end : await findEnd(file, files);
    const { record, line } = formatRecord(entry, clock.now(), end);
    last = null;
    const start = (await file.stat()).size;
    await write(file, `${line}\n`, start);
    if (start === 0) await syncPath(home.path);
    // The record is durable, and so appended: a head that could not follow lags, as one does after a crash.
    await writeHead(files.head, record).catch(() => undefined);
    last = { size: start + Buffer.byteLength(line) + 1, end: record };
    return record;
  }

  return {
    append(entry) {
      const appended = queue.then(() => append(entry));
      queue = appended.catch(() => undefined);
      return appended;
    },
    read: (wanted) => readRecords(home, wanted),
    backwards: (wanted) => readRecordsBackwards(home, wanted),
  };
}

/** A record that could not be written whole is taken back: the journal ends where it did. */
async function write(file: FileHandle, text: string, start: number): Promise<void> {
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) {
      done += (await file.write(bytes, done, bytes.length - done, start + done)).bytesWritten;
    }
    await file.datasync();
  } catch (error) {
    await file.truncate(start).catch(() => undefined);
    throw error;
  }
}
