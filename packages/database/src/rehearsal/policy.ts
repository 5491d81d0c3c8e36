import { leftBehind } from "./left-behind.ts";
import { dataFindings } from "./policy-data.ts";
import { lintFindings } from "./policy-lint.ts";
import { lockFindings, predictedWaits } from "./policy-locks.ts";
import { schemaFindings } from "./policy-schema.ts";
import { timeoutFindings } from "./policy-timeout.ts";
import type { PredictedWait, RehearsalFinding, RehearsalReport, Rehearsed, Severity } from "./report.ts";

/** What is tolerated. */
export interface RehearsalPolicy {
  /** The application waits this long for a table: a warning. Milliseconds. */
  readonly warnWaitMs: number;
  /** And this long: the migration is stopped. One statement that keeps rows locked for so long is a warning. Milliseconds. */
  readonly blockWaitMs: number;
  /** One statement of a job may take this long before whoever runs it cancels it; `null` where nobody does. Milliseconds. */
  readonly statementTimeoutMs: number | null;
  /** From this size on, rewriting or reading a whole table under a lock is told whatever it took here. */
  readonly largeBytes: number;
  /** From this size on, rewriting one is stopped. */
  readonly hugeBytes: number;
  /** Rows that one migration may change in a table untold. */
  readonly manyRows: number;
  /** What becomes of rows that hold something else in columns that were there before, however few. */
  readonly changedValues: Severity;
  /** Somebody has agreed to losing the way back by images: what only the previous release minds warns. */
  readonly acceptIncompatible: boolean;
  /** What becomes of what a linter says: it knows neither sizes nor times, so it notes where nothing else was asked for. */
  readonly linter: Severity;
}

export const defaultPolicy: RehearsalPolicy = {
  warnWaitMs: 500,
  blockWaitMs: 5_000,
  statementTimeoutMs: null,
  largeBytes: 10_000_000,
  hugeBytes: 1_000_000_000,
  manyRows: 100_000,
  changedValues: "warn",
  acceptIncompatible: false,
  linter: "note",
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
    ...downFindings(seen),
    ...lockFindings(seen, predicted, policy),
    ...timeoutFindings(seen, policy),
    ...schemaFindings(seen, policy),
    ...dataFindings(seen, policy),
    ...lintFindings(seen, policy),
  ].toSorted((a, b) => gravity[a.severity] - gravity[b.severity]);
  const [gravest] = findings;
  return { predicted, findings, verdict: !gravest || gravest.severity === "note" ? "pass" : gravest.severity };
}

const namedLeft = 4;

function failureFindings({ migration, observations }: Rehearsed): readonly RehearsalFinding[] {
  if (!migration.error) return [];
  const left = leftBehind(observations);
  const message = `the migration failed on the copy: ${migration.error.message}`;
  return [
    {
      code: "migration-failed",
      severity: "block",
      table: null,
      message,
      hint: "it would fail in production too, perhaps half-way",
    },
    ...(left.length === 0 ? [] : [leftHalfWay(left)]),
  ];
}

function leftHalfWay(left: readonly string[]): RehearsalFinding {
  return {
    code: "left-half-way",
    severity: "block",
    table: null,
    message: `what it did before it failed stays: ${someOf(left)}`,
    hint: "make each change a migration of its own that can be run again; a backup is the way back from such a state",
  };
}

/** That there is no good way back warns: nobody goes it now. */
function downFindings({ down }: Rehearsed): readonly RehearsalFinding[] {
  if (!down) return [];
  const hint = "the way back for data is then a restore: sluice db restore";
  if (down.error) {
    const message = `the down migration failed on the copy: ${down.error.message}`;
    return [{ code: "down-failed", severity: "warn", table: null, message, hint }];
  }
  if (down.left.length === 0) return [];
  const message = `after the down migration the database is not what it was: ${someOf(down.left)}`;
  return [{ code: "down-incomplete", severity: "warn", table: null, message, hint }];
}

function someOf(left: readonly string[]): string {
  const more = left.length > namedLeft ? ` and ${left.length - namedLeft} more` : "";
  return `${left.slice(0, namedLeft).join(", ")}${more}`;
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
