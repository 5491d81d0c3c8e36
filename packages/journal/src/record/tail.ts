import type { JournalRecord } from "@sluice/core";
import { homeError } from "../home/home-error.ts";
import type { StateHome } from "../home/state-home.ts";
import { journalFiles } from "./journal-files.ts";
import { readLinesBackwards } from "./lines.ts";
import { parseRecord } from "./record.ts";

/** The newest `count` records, oldest first, read from the end of the file: as fast for a long journal as for a short one. */
export function tailRecords(home: Pick<StateHome, "path">, count: number): Promise<readonly JournalRecord[]> {
  let left = count;
  return takeBackwards(home, () => --left > 0, count > 0);
}

/** The records from the newest `deployment-start` on, oldest first; empty before the first deployment. */
export async function lastDeploymentRecords(home: Pick<StateHome, "path">): Promise<readonly JournalRecord[]> {
  const records = await takeBackwards(home, ({ type }) => type !== "deployment-start", true);
  return records[0]?.type === "deployment-start" ? records : [];
}

async function takeBackwards(
  { path }: Pick<StateHome, "path">,
  wantsMore: (record: JournalRecord) => boolean,
  wantsAny: boolean,
): Promise<readonly JournalRecord[]> {
  const { journal } = journalFiles(path);
  const records: JournalRecord[] = [];
  if (!wantsAny) return records;
  try {
    let isLast = true;
    for await (const { text, complete } of readLinesBackwards(journal)) {
      const isTorn = isLast && !complete;
      isLast = false;
      if (isTorn) continue;
      const record = parseRecord(text, journal, null);
      records.push(record);
      if (!wantsMore(record)) break;
    }
  } catch (error) {
    throw homeError(error, journal, "the journal cannot be read:");
  }
  return records.toReversed();
}
