import { type JournalRecord, SluiceError } from "@sluice/core";
import { tailRecords } from "@sluice/journal";
import { type Anchor, type HeldAnchor, readAnchors } from "@sluice/release";
import type { StateChange } from "../deployer-views.ts";
import { readStateChanges } from "../home/state.ts";
import type { Session } from "../session.ts";

/** Clocks that are kept are closer than that. */
const mostClockDifferenceMs = 10 * 60_000;

/** The record beside what GitHub keeps of it. */
export interface AnchoredAudit {
  /** Deployments on GitHub that hold the end that the record had when they began. */
  readonly anchors: number;
  readonly problems: readonly string[];
  /** Ends of a record that was given up since, as the record itself says; `null` where there are none. */
  readonly lost: LostAnchors | null;
}

export interface LostAnchors {
  readonly anchors: number;
  /** What took the place of the record that they are of. */
  readonly by: StateChange;
}

/** The end of the record, as a deployment on GitHub is to hold it; `null` before the first record. */
export async function currentAnchor(session: Pick<Session, "home">): Promise<Anchor | null> {
  const [last] = await tailRecords(await session.home(), 1);
  return last ? { seq: last.seq, hash: last.hash } : null;
}

/** @throws SluiceError USAGE without a token; GithubError where GitHub does not answer */
export async function readAnchoredAudit(session: Session, signal?: AbortSignal): Promise<AnchoredAudit> {
  const opened = await session.github(signal);
  if (!opened) {
    throw new SluiceError("USAGE", "GitHub cannot be asked: there is no token, or no repository", {
      hint: "set GITHUB_TOKEN and GITHUB_REPOSITORY, or github: in sluice.yaml",
    });
  }
  const { environment } = opened.place;
  const held = await readAnchors(opened.github, { environment, stack: await session.stack() }, signal);
  const { journal } = await session.ports();
  const records: JournalRecord[] = [];
  for await (const record of journal.read()) records.push(record);
  return compareAnchors(held, records, (await readStateChanges(journal)).at(-1));
}

/**
 * Where the record is not the one that GitHub holds the ends of: rewritten, or cut. Where the state was rebuilt, or imported, what it
 * held before may be gone: ends of before that do not fit are told with that. Of since are those that GitHub had
 * after one that fits the new record, or some minutes after that was made, as GitHub's clock may be ahead. Whoever rewrites the record
 * may write this into it, and then it is seen there. Pure.
 *
 * @param renewal the last record of that kind
 */
export function compareAnchors(
  held: readonly HeldAnchor[],
  records: readonly Pick<JournalRecord, "seq" | "hash">[],
  renewal: StateChange | undefined,
): AnchoredAudit {
  const hashes = new Map(records.map(({ seq, hash }) => [seq, hash]));
  const fits = ({ seq, hash }: HeldAnchor) => hashes.get(seq) === hash;
  const unfit = held.filter((anchor) => !fits(anchor));
  const ofRenewed = renewal ? held.filter((anchor) => anchor.seq >= renewal.seq && fits(anchor)) : [];
  const since = renewal
    ? Math.min(Date.parse(renewal.at) + mostClockDifferenceMs, ...ofRenewed.map(({ at }) => Date.parse(at)))
    : Number.NEGATIVE_INFINITY;
  const later = unfit.filter(({ at }) => Date.parse(at) >= since);
  const lost = unfit.length - later.length;
  return {
    anchors: held.length,
    problems: later.map(({ seq, deployment }) => {
      const what = hashes.has(seq) ? "was rewritten" : "is missing";
      return `record ${seq} ${what}: ${deployment} on GitHub holds another`;
    }),
    lost: renewal && lost > 0 ? { anchors: lost, by: renewal } : null,
  };
}
