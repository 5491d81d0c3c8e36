import { maskWords, type Redact, redactDeep } from "@sluice/core";
import type { RehearsalReport } from "@sluice/database";

/**
 * A rehearsal in which no text of the server or the application shows a secret: statements of a migration can hold values
 * of the environment. What decides whether a migration may run, and what it is told by, stays. Pure.
 */
export function maskedReport(report: RehearsalReport, redact: Redact): RehearsalReport {
  const { at, service, release, backup, migration, compatibility, findings, verdict } = report;
  const masked = redactDeep(report, redact);
  const { how, services } = migration;
  return {
    ...masked,
    at,
    service,
    release,
    backup,
    verdict,
    migration: { ...masked.migration, how, services },
    compatibility: maskWords(compatibility, redact),
    findings: maskWords(findings, redact),
  };
}
