import type { JournalRecord } from "@sluice/core";
import type { StateHome } from "../home/state-home.ts";
import { readRecordsBackwards } from "./read-records.ts";

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
  home: Pick<StateHome, "path">,
  wantsMore: (record: JournalRecord) => boolean,
  wantsAny: boolean,
): Promise<readonly JournalRecord[]> {
  const records: JournalRecord[] = [];
  if (!wantsAny) return records;
  for await (const record of readRecordsBackwards(home)) {
    records.push(record);
    if (!wantsMore(record)) break;
  }
  return records.toReversed();
}
