import { formatDuration } from "@sluice/core";
import type { RehearsalPolicy } from "./policy.ts";
import type { PredictedWait, RehearsalFinding, Rehearsed, Severity, TableScan } from "./report.ts";
import { type RowLock, rowLocks } from "./row-locks.ts";

/** A transaction that has been open for less is taken for one of the usual, short ones. */
const longTransactionMs = 1_000;

/** For each table the longest wait, the longest first. */
export function predictedWaits({ observations, liveLongest }: Rehearsed): readonly PredictedWait[] {
  const longest = new Map<string, PredictedWait>();
  for (const { table, blocks, heldMs } of observations.locks) {
    // Only what excludes readers waits for readers, and makes everyone who comes later wait behind it.
    const queueMs = blocks === "reads and writes" ? (liveLongest?.ms ?? 0) : 0;
    const wait = { table, blocks, heldMs, queueMs };
    const known = longest.get(table);
    if (!known || known.heldMs + known.queueMs < heldMs + queueMs) longest.set(table, wait);
  }
  return [...longest.values()].toSorted((a, b) => b.heldMs + b.queueMs - (a.heldMs + a.queueMs));
}

export function lockFindings(
  { observations, liveLongest }: Rehearsed,
  predicted: readonly PredictedWait[],
  policy: RehearsalPolicy,
): readonly RehearsalFinding[] {
  return [
    ...predicted.flatMap((wait) => heldFinding(wait, policy)),
    ...predicted.flatMap(({ table, queueMs }): readonly RehearsalFinding[] => {
      if (queueMs < longTransactionMs) return [];
      const who = liveLongest?.application ?? "somebody";
      return [
        {
          code: "lock-queue",
          severity: "warn",
          table,
          message: `the lock on ${table} would wait for a transaction of ${who} that has run for ${formatDuration(queueMs)}, and everyone else behind it`,
          hint: "set a lock_timeout for the migration and try again when it fails, or end that transaction first",
        },
      ];
    }),
    ...observations.scans.flatMap((scan) => scanFinding(scan, policy)),
    ...rowLocks(observations).flatMap((lock) => rowLockFinding(lock, policy)),
  ];
}

function heldFinding({ table, blocks, heldMs }: PredictedWait, policy: RehearsalPolicy): readonly RehearsalFinding[] {
  if (heldMs < policy.warnWaitMs) return [];
  return [
    {
      code: "long-lock",
      severity: heldMs >= policy.blockWaitMs ? "block" : "warn",
      table,
      message: `${blocks} of ${table} would wait for at least ${formatDuration(heldMs)}`,
      hint: "split the migration into transactions that each hold the lock for a moment",
    },
  ];
}

function rowLockFinding({ table, ms, rows }: RowLock, policy: RehearsalPolicy): readonly RehearsalFinding[] {
  if (ms < policy.blockWaitMs) return [];
  const where = table === null ? "" : ` of ${table}`;
  return [
    {
      code: "long-lock",
      severity: "warn",
      table,
      message: `one statement changes ${rows} rows${where} for ${formatDuration(ms)}: whoever changes one of them waits until its transaction ends`,
      hint: "change them in batches of some thousand, each in a transaction of its own",
    },
  ];
}

const scanHints: Readonly<Record<TableScan["kind"], string>> = {
  "not-null": "add a CHECK (… IS NOT NULL) NOT VALID, validate it in another transaction, then set NOT NULL",
  check: "add it NOT VALID, and validate it in another transaction",
  "foreign-key": "add it NOT VALID, and validate it in another transaction",
  index: "CREATE INDEX CONCURRENTLY, outside of a transaction; a constraint can then use that index",
};

function scanFinding({ table, kind, of, bytes }: TableScan, policy: RehearsalPolicy): readonly RehearsalFinding[] {
  const severity: Severity = bytes >= policy.largeBytes ? "warn" : "note";
  const what = kind === "index" ? `building ${of}` : `checking ${of}`;
  return [
    {
      code: kind === "index" ? "index-blocks-writes" : `${kind}-scans-table`,
      severity,
      table,
      message: `${what} reads all of ${table} (${megabytes(bytes)}) while it is locked`,
      hint: scanHints[kind],
    },
  ];
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
}
