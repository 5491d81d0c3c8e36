import type { Answer } from "./answer.ts";

/** The writes that the system under load has acknowledged, and how many may have happened without a word. */
export interface Ledger {
  readonly acknowledged: readonly number[];
  /** Orders that failed: each may be in the database or not. */
  readonly unknown: number;
}

export function ledgerOf(answers: readonly Answer[]): Ledger {
  const orders = answers.filter(({ method }) => method === "POST");
  return {
    acknowledged: orders.flatMap(({ orderId }) => (orderId === undefined ? [] : [orderId])),
    unknown: orders.filter(({ failure }) => failure).length,
  };
}

export interface Audit {
  /** Acknowledged, but not there. */
  readonly missing: readonly number[];
  /** Acknowledged twice: two clients were promised the same order. */
  readonly repeated: readonly number[];
  /** There, but nobody asked for them: an order that was sent once has been placed twice. */
  readonly surplus: number;
}

/** Compares the ledger with the ids of the orders that were stored during the run. */
export function auditLedger(ledger: Ledger, stored: readonly number[]): Audit {
  const present = new Set(stored);
  const acknowledged = new Set(ledger.acknowledged);
  const unexplained = [...present].filter((id) => !acknowledged.has(id)).length;
  return {
    missing: [...acknowledged].filter((id) => !present.has(id)),
    repeated: repeatedOf(ledger.acknowledged),
    surplus: Math.max(0, unexplained - ledger.unknown),
  };
}

function repeatedOf(ids: readonly number[]): number[] {
  const once = new Set<number>();
  const repeated = new Set<number>();
  for (const id of ids) (once.has(id) ? repeated : once).add(id);
  return [...repeated];
}
