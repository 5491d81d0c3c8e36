import { formatDuration } from "@sluice/core";
import { hideLiterals } from "../migrate/hide-literals.ts";
import type { RehearsalPolicy } from "./policy.ts";
import type { RehearsalFinding, Rehearsed } from "./report.ts";
import { longestOf } from "./row-locks.ts";

/** Part of the limit from which on a statement is told of: production is under load, and grows. */
const nearly = 0.5;

/**
 * Of the statement that took longest, where the limit that jobs are run under would cancel it, or nearly. None holds for what an
 * application does at its start.
 */
export function timeoutFindings(
  { migration, observations }: Rehearsed,
  { statementTimeoutMs: limit }: RehearsalPolicy,
): readonly RehearsalFinding[] {
  const [longest] = observations.statements.toSorted((a, b) => longestOf(b) - longestOf(a));
  if (limit === null || !longest || migration.how !== "job") return [];
  const ms = longestOf(longest);
  if (ms < limit * nearly) return [];
  const isOver = ms >= limit;
  const setting = `database.migrate.statementTimeout (${formatDuration(limit)})`;
  return [
    {
      code: "statement-too-long",
      severity: isOver ? "block" : "warn",
      table: null,
      message: `one statement took ${formatDuration(ms)}, and ${setting} ${isOver ? "cancels it in production" : "may cancel it in production"}: ${hideLiterals(longest.sql)}`,
      hint: "split it into smaller steps, such as batches of rows; or raise database.migrate.statementTimeout if it only needs more time",
    },
  ];
}
