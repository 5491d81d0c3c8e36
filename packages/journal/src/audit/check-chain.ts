import { type ChainEnd, firstPrevious } from "../record/record.ts";
import type { AuditProblem } from "./problem.ts";

/** What a chain is made of: one line of the journal, without its content. */
export interface Link {
  readonly line: number;
  /** `null` for a line that is no record. */
  readonly record: (ChainEnd & { readonly previous: string }) | null;
  /** Its content is what its hash says. */
  readonly intact: boolean;
}

interface End extends ChainEnd {
  readonly intact: boolean;
}

/**
 * What is wrong with a chain, and with its end next to the head. Pure.
 *
 * @param hasReleases releases are stored beside it, which none is without a record
 */
export function checkChain(
  links: readonly Link[],
  head: ChainEnd | null,
  hasReleases = false,
): readonly AuditProblem[] {
  const present = new Set(links.flatMap(({ record, intact }) => (record && intact ? [record.seq] : [])));
  const problems: AuditProblem[] = [];
  let before: End = { seq: 0, hash: firstPrevious, intact: true };
  let highest = 0;
  for (const link of links) {
    problems.push(...checkLink(link, before, highest, present));
    // What was edited cannot be trusted with its place either: it counts as the record that was due.
    const seq = link.intact && link.record ? link.record.seq : highest + 1;
    before = { seq, hash: link.record?.hash ?? "", intact: link.intact };
    highest = Math.max(highest, seq);
  }
  return [...problems, ...checkEnd(links, head, highest, hasReleases)];
}

function* checkLink(
  { line, record, intact }: Link,
  before: End,
  highest: number,
  present: ReadonlySet<number>,
): Generator<AuditProblem> {
  if (!record || !intact) {
    const message = record ? `record ${highest + 1} is not as it was written` : `line ${line} is not a record`;
    yield { seq: highest + 1, line, kind: "edited", message };
    return;
  }
  const { seq, previous } = record;
  if (seq <= highest) {
    yield { seq, line, kind: "reordered", message: `record ${seq} comes after record ${highest}` };
  } else if (seq > highest + 1) {
    const { count, first, text } = missingBetween(highest, seq, present);
    const message =
      count > 0 ? `${text} missing before record ${seq}` : `record ${seq} comes before record ${highest + 1}`;
    yield count > 0 ? { seq: first, line, kind: "removed", message } : { seq, line, kind: "reordered", message };
  } else if (previous !== before.hash && before.intact && before.seq === highest) {
    const message = `record ${seq} does not follow from the record before it`;
    yield { seq: before.seq, line, kind: "edited", message };
  }
}

/** A crash may leave the head behind the journal, never before it. */
function* checkEnd(
  links: readonly Link[],
  head: ChainEnd | null,
  highest: number,
  hasReleases: boolean,
): Generator<AuditProblem> {
  const line = (links.at(-1)?.line ?? 0) + 1;
  if (!head) {
    // The very first record may have been written and its head not.
    if (links.length < 2 && !hasReleases) return;
    const message =
      links.length === 0
        ? "journal.ndjson and journal.head are missing, and releases are stored: the record is gone"
        : "journal.head is missing: whether records were removed from the end cannot be told";
    yield { seq: highest, line, kind: "truncated", message };
  } else if (head.seq > highest) {
    const { first, text } = missingBetween(highest, head.seq + 1, new Set());
    yield { seq: first, line, kind: "truncated", message: `${text} missing at the end` };
  } else {
    const named = links.find(({ record, intact }) => intact && record?.seq === head.seq);
    if (!named || named.record?.hash === head.hash) return;
    const message = `record ${head.seq} is not the one that journal.head names`;
    yield { seq: head.seq, line: named.line, kind: "edited", message };
  }
}

/** Records after `low` and before `high` that are nowhere. Their number may be absurd, so they are not listed. */
function missingBetween(low: number, high: number, present: ReadonlySet<number>) {
  let count = Math.max(0, high - low - 1);
  if (count > 0) for (const seq of present) if (seq > low && seq < high) count -= 1;
  let first = low + 1;
  while (present.has(first)) first += 1;
  return { count, first, text: count === 1 ? `record ${first} is` : `${count} records from ${first} on are` };
}
