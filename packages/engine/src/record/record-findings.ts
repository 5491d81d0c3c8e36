import { type Finding, isSluiceError, type Journal, parseDatabaseRecord } from "@sluice/core";
import { isEngineRecord } from "./read-attempts.ts";

/**
 * A line of the record that cannot be read. Commands read only as far back as they need to: who looks may never come to it, and who goes
 * back is refused. All of the record is read for it; whether it is as it was written is for `verifyAudit`.
 *
 * @throws SluiceError JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function recordFindings(journal: Pick<Journal, "read">): Promise<readonly Finding[]> {
  try {
    for await (const record of journal.read()) if (!isEngineRecord(record)) parseDatabaseRecord(record);
    return [];
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "JOURNAL_INVALID") throw error;
    const message = `${error.message}: what needs to know what it says is refused, as a rollback may be`;
    return [{ severity: "error", code: "record-unreadable", message, hint: error.hint }];
  }
}
