import type { RehearsalPolicy } from "./policy.ts";
import type { RehearsalFinding, Rehearsed } from "./report.ts";

/** What a linter has against the SQL. It knows neither sizes nor times, so that by default it only notes. */
export function lintFindings({ lint }: Rehearsed, { linter }: RehearsalPolicy): readonly RehearsalFinding[] {
  return (lint?.findings ?? []).map(({ rule, message, help, statement, times }) => {
    const where = `${statement}${times > 1 ? ` and ${times - 1} more` : ""}`;
    return {
      code: `squawk-${rule}`,
      severity: linter,
      table: null,
      message: where === "" ? message : `${message} (${where})`,
      ...(help === null ? {} : { hint: help }),
    };
  });
}
