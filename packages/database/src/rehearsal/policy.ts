import { dataFindings } from "./policy-data.ts";
import { lockFindings, predictedWaits } from "./policy-locks.ts";
import { schemaFindings } from "./policy-schema.ts";
import type { PredictedWait, RehearsalFinding, RehearsalReport, Rehearsed } from "./report.ts";

/** What is tolerated. */
export interface RehearsalPolicy {
  /** The application waits this long for a table: a warning. Milliseconds. */
  readonly warnWaitMs: number;
  /** And this long: the migration is stopped. Milliseconds. */
  readonly blockWaitMs: number;
  /** From this size on, rewriting or reading a whole table under a lock is told whatever it took here. */
  readonly largeBytes: number;
  /** From this size on, rewriting one is stopped. */
  readonly hugeBytes: number;
  /** Rows that one migration may change in a table untold. */
  readonly manyRows: number;
  /** Somebody has agreed to losing the way back by images: what only the previous release minds warns. */
  readonly acceptIncompatible: boolean;
}

export const defaultPolicy: RehearsalPolicy = {
  warnWaitMs: 500,
  blockWaitMs: 5_000,
  largeBytes: 10_000_000,
  hugeBytes: 1_000_000_000,
  manyRows: 100_000,
  acceptIncompatible: false,
};

export interface Judgement {
  readonly predicted: readonly PredictedWait[];
  /** The gravest first. */
  readonly findings: readonly RehearsalFinding[];
  readonly verdict: RehearsalReport["verdict"];
}

const gravity = { block: 0, warn: 1, note: 2 } as const;

/** Turns what was seen into findings and a verdict. Pure: the same observations and policy give the same. */
export function judgeRehearsal(seen: Rehearsed, policy: RehearsalPolicy = defaultPolicy): Judgement {
  const predicted = predictedWaits(seen);
  const findings = [
    ...failureFindings(seen),
    ...compatibilityFindings(seen, policy),
    ...lockFindings(seen, predicted, policy),
    ...schemaFindings(seen, policy),
    ...dataFindings(seen, policy),
  ].toSorted((a, b) => gravity[a.severity] - gravity[b.severity]);
  const [gravest] = findings;
  return { predicted, findings, verdict: !gravest || gravest.severity === "note" ? "pass" : gravest.severity };
}

function failureFindings({ migration }: Rehearsed): readonly RehearsalFinding[] {
  if (!migration.error) return [];
  const message = `the migration failed on the copy: ${migration.error.message}`;
  return [
    {
      code: "migration-failed",
      severity: "block",
      table: null,
      message,
      hint: "it would fail in production too, perhaps half-way",
    },
  ];
}

function compatibilityFindings(
  { compatibility: { release, result, why }, migration }: Rehearsed,
  { acceptIncompatible }: RehearsalPolicy,
): readonly RehearsalFinding[] {
  if (result === "pass" || release === null || migration.error) return [];
  if (result === "not-tested") {
    const message = `whether ${release} runs on the new schema is not known: ${why}`;
    return [{ code: "previous-not-proven", severity: "warn", table: null, message }];
  }
  return [
    {
      code: "previous-fails",
      severity: acceptIncompatible ? "warn" : "block",
      table: null,
      message: `${release} does not run on the new schema: ${why}`,
      hint: "while both run, its users see errors, and a rollback of images is not safe: split the change into expand and contract, or accept it with --accept-incompatible",
    },
  ];
}
