import type { JournalRecord } from "@sluice/core";
import type { StateHome } from "../home/state-home.ts";
import { readRecordsBackwards } from "./read-records.ts";

/** The newest `count` records, oldest first, read from the end of the file: as fast for a long journal as for a short one. */
export async function tailRecords(home: Pick<StateHome, "path">, count: number): Promise<readonly JournalRecord[]> {
  const records: JournalRecord[] = [];
  if (count <= 0) return records;
  for await (const record of readRecordsBackwards(home)) {
    records.push(record);
    if (records.length >= count) break;
  }
  return records.toReversed();
}
