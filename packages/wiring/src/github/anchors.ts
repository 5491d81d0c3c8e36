import { type JournalRecord, SluiceError } from "@sluice/core";
import { tailRecords } from "@sluice/journal";
import { type Anchor, type HeldAnchor, readAnchors } from "@sluice/release";
import type { Session } from "../session.ts";

/** The record beside what GitHub keeps of it. */
export interface AnchoredAudit {
  /** Deployments on GitHub that hold the end that the record had when they began. */
  readonly anchors: number;
  readonly problems: readonly string[];
}

/** The end of the record, as a deployment on GitHub is to hold it; `null` before the first record. */
export async function currentAnchor(session: Pick<Session, "home">): Promise<Anchor | null> {
  const [last] = await tailRecords(await session.home(), 1);
  return last ? { seq: last.seq, hash: last.hash } : null;
}

/** @throws SluiceError USAGE without a token; GithubError where GitHub does not answer */
export async function readAnchoredAudit(session: Session, signal?: AbortSignal): Promise<AnchoredAudit> {
  const opened = await session.github();
  if (!opened) {
    throw new SluiceError("USAGE", "GitHub cannot be asked: there is no token, or no repository", {
      hint: "set GITHUB_TOKEN and GITHUB_REPOSITORY, or github: in sluice.yaml",
    });
  }
  const { environment } = opened.place;
  const held = await readAnchors(opened.github, { environment, stack: await session.stack() }, signal);
  const records: JournalRecord[] = [];
  for await (const record of (await session.ports()).journal.read()) records.push(record);
  return { anchors: held.length, problems: anchorProblems(held, records) };
}

/** Where the record is not the one that GitHub holds the ends of: rewritten, or cut. Pure. */
function anchorProblems(
  held: readonly HeldAnchor[],
  records: readonly Pick<JournalRecord, "seq" | "hash">[],
): readonly string[] {
  const hashes = new Map(records.map(({ seq, hash }) => [seq, hash]));
  return held.flatMap(({ seq, hash, deployment }) => {
    const found = hashes.get(seq);
    if (found === hash) return [];
    const what = found === undefined ? "is missing" : "was rewritten";
    return [`record ${seq} ${what}: ${deployment} on GitHub holds another`];
  });
}
