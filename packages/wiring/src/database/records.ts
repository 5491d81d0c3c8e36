import { type DatabaseRecord, databaseActionOf, type Journal, parseDatabaseRecord } from "@sluice/core";

/** What was done to databases and backups, in order, as the journal has it. @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE */
export async function readDatabaseRecords(journal: Pick<Journal, "read">): Promise<readonly DatabaseRecord[]> {
  const found: DatabaseRecord[] = [];
  for await (const record of journal.read({ types: (type) => databaseActionOf(type) !== null })) {
    const said = parseDatabaseRecord(record);
    if (said) found.push(said);
  }
  return found;
}
