import { join } from "node:path";
import type { JournalRecord } from "@sluice/core";
import { entriesOf } from "../home/discard-unused.ts";
import { homeError } from "../home/home-error.ts";
import type { StateHome } from "../home/state-home.ts";
import { readHead } from "../record/head.ts";
import { journalFiles } from "../record/journal-files.ts";
import { type Line, readLines } from "../record/lines.ts";
import { hashRecord, parseRecord } from "../record/record.ts";
import { checkChain, type Link } from "./check-chain.ts";
import type { AuditProblem } from "./problem.ts";

/** What the record says of itself: whether it is complete and unchanged. */
export interface AuditReport {
  readonly ok: boolean;
  /** Records that are as they were written. */
  readonly records: number;
  readonly problems: readonly AuditProblem[];
}

/**
 * Verifies the whole journal: every record is as it was written, none is missing, none moved, and the end is the one
 * that was written last; a record that is gone altogether is missed where releases are stored. A torn last line is no problem: nobody
 * was told that it is durable.
 *
 * @throws SluiceError HOME_UNUSABLE, JOURNAL_NEWER
 */
export async function verifyAudit({ path }: Pick<StateHome, "path">): Promise<AuditReport> {
  const files = journalFiles(path);
  try {
    // The head first: a record that is appended meanwhile is then ahead of it, which is allowed.
    const head = await readHead(files.head);
    const links = await readLinks(files.journal);
    const hasReleases = (await entriesOf(join(path, "releases"))).length > 0;
    const problems = checkChain(links, head, hasReleases);
    return { ok: problems.length === 0, records: links.filter(({ intact }) => intact).length, problems };
  } catch (error) {
    throw homeError(error, files.journal, "the journal cannot be read:");
  }
}

async function readLinks(path: string): Promise<readonly Link[]> {
  const links: Link[] = [];
  let isTorn = false;
  let number = 0;
  for await (const line of readLines(path)) {
    number += 1;
    // Only the last line can be torn: one before it is damaged.
    if (isTorn) links.push({ line: number - 1, record: null, intact: false });
    isTorn = !line.complete;
    if (isTorn) continue;
    const record = readRecord(line, path, number);
    links.push({ line: number, record, intact: record !== null && isIntact(record, line) });
  }
  return links;
}

function readRecord({ text }: Line, path: string, number: number): JournalRecord | null {
  try {
    return parseRecord(text, path, number);
  } catch (error) {
    if ((error as { code?: unknown }).code === "JOURNAL_INVALID") return null;
    throw error;
  }
}

/** The text must be the one that was written, not only one that means the same. */
function isIntact(record: JournalRecord, { text }: Line): boolean {
  return JSON.stringify(record) === text && hashRecord(record) === record.hash;
}
