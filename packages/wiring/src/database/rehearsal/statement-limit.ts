import { type DatabaseConfig, type ServiceFacts } from "@sluice/core";

/**
 * How long one statement of a release's jobs may take in production, in milliseconds; `null` where nobody cancels it: jobs run without
 * care, or one of them does, as nothing tells whose statement it was.
 */
export function statementLimit(
  { enabled, jobs, statementTimeout }: DatabaseConfig["migrate"],
  services: readonly ServiceFacts[],
): number | null {
  const isWatched = ({ name }: ServiceFacts) => jobs?.includes(name) ?? true;
  const run = services.filter(({ active, role }) => active && role === "job");
  return enabled && run.length > 0 && run.every(isWatched) ? statementTimeout : null;
}
