import type { RehearsalCode } from "@sluice/core";
import { isWidening } from "./column-types.ts";
import type { RehearsalPolicy } from "./policy.ts";
import type { Compatibility, RehearsalFinding, Rehearsed, Severity } from "./report.ts";
import type { SchemaChange } from "./schema-changes.ts";

/** What the new schema lacks, or asks for, that the old one did not: the release that runs now may mind. */
export function schemaFindings(
  { observations, compatibility, migration }: Rehearsed,
  policy: RehearsalPolicy,
): readonly RehearsalFinding[] {
  // Of a migration that failed half-way nobody wants to know what it would have dropped.
  if (migration.error) return [];
  const breaking = breakingSeverity(compatibility, policy);
  const rewritten = new Set(observations.rewrites.map(({ table }) => table));
  return [
    ...observations.changes.flatMap((change) => findingOf(change, breaking, rewritten)),
    ...observations.invalidIndexes.map(
      (index): RehearsalFinding => ({
        code: "index-invalid",
        severity: "block",
        table: null,
        message: `index ${index} is left invalid: its CONCURRENTLY failed`,
        hint: "drop it, mend what it failed of, and build it again",
      }),
    ),
    ...observations.notValidated.map(
      (constraint): RehearsalFinding => ({
        code: "constraint-not-validated",
        severity: "note",
        table: null,
        message: `constraint ${constraint} is not validated: rows that are there may break it`,
        hint: "validate it in a later migration",
      }),
    ),
  ];
}

/** Taking something away stops a migration unless the release that may use it was seen without it, or nobody goes back to it. */
function breakingSeverity({ release, result }: Compatibility, { acceptIncompatible }: RehearsalPolicy): Severity {
  return release === null || result === "pass" || acceptIncompatible ? "warn" : "block";
}

const contract = "take it away in a later release, when no running one uses it any more";

function findingOf(
  change: SchemaChange,
  breaking: Severity,
  rewritten: ReadonlySet<string>,
): readonly RehearsalFinding[] {
  const found = (code: RehearsalCode, severity: Severity, table: string | null, message: string, hint?: string) => [
    { code, severity, table, message, ...(hint === undefined ? {} : { hint }) },
  ];
  switch (change.change) {
    case "table-dropped":
      return found("table-dropped", breaking, change.table, `table ${change.table} is dropped`, contract);
    case "table-renamed":
      return found("table-renamed", breaking, change.table, `table ${change.table} becomes ${change.to}`, contract);
    case "column-dropped": {
      const message = `column ${change.column} of ${change.table} is dropped`;
      return found("column-dropped", breaking, change.table, message, contract);
    }
    case "column-renamed": {
      const message = `column ${change.column} of ${change.table} becomes ${change.to}`;
      return found("column-renamed", breaking, change.table, message, "add the new one and fill both for one release");
    }
    case "column-type-changed": {
      const { table, column, from, to } = change;
      const harmless = isWidening(from, to) && !rewritten.has(table);
      const message = `column ${column} of ${table} becomes ${to}, it was ${from}`;
      return found("column-type-changed", harmless ? "note" : "warn", table, message);
    }
    case "column-added": {
      if (!change.required) return [];
      const message = `new column ${change.column} of ${change.table} is required and has no default: the release that runs cannot insert`;
      return found("column-required", breaking, change.table, message, "give it a default");
    }
    case "column-now-required": {
      const message = `column ${change.column} of ${change.table} may not be null any more`;
      return found("column-now-required", "warn", change.table, message, "the release that runs must fill it already");
    }
    case "default-dropped": {
      const message = `column ${change.column} of ${change.table} loses its default`;
      return found("default-dropped", "warn", change.table, message, "the release that runs must fill it already");
    }
    case "row-security-enabled":
      return found(
        "row-security-enabled",
        "warn",
        change.table,
        `row security of ${change.table} is on: rows may vanish for the release that runs`,
      );
    case "grant-lost":
      return found("grant-lost", "warn", change.table, `${change.table} is no longer granted as ${change.grant}`);
    case "index-dropped": {
      const message = `index ${change.index} of ${change.table} is dropped`;
      return found(
        "index-dropped",
        "warn",
        change.table,
        message,
        "queries and ON CONFLICT of the release that runs may rest on it",
      );
    }
    case "constraint-dropped": {
      const restsOn = change.type === "p" || change.type === "u" || change.type === "x";
      const message = `constraint ${change.constraint} of ${change.table} is dropped`;
      return found("constraint-dropped", restsOn ? "warn" : "note", change.table, message);
    }
    case "constraint-added": {
      const message = `${change.table} is held to ${change.constraint}: the release that runs must keep to it already`;
      return found("constraint-added", "note", change.table, message);
    }
    case "object-dropped":
      return found("object-dropped", breaking, null, `${change.kind} ${change.name} is dropped`, contract);
    case "index-added":
    case "table-moved-to-file":
      return [];
  }
}
