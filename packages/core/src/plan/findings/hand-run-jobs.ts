import type { StateFinding } from "../../model/finding.ts";
import type { ObservedStack } from "../../model/stack.ts";

/**
 * Jobs that somebody has run by plain Compose since a version was live last, as `docker compose up -d` does. Pure.
 *
 * @param liveAt when that was, ISO 8601; `null` where none was: then all that ran is of before
 */
export function handRunFindings(
  { jobs = [] }: Pick<ObservedStack, "jobs">,
  liveAt: string | null,
): readonly StateFinding[] {
  if (liveAt === null) return [];
  const since = jobs.filter(({ startedAt }) => startedAt !== "" && Date.parse(startedAt) > Date.parse(liveAt));
  return since.map(({ service, name, state, startedAt }) => ({
    severity: "warn",
    code: "job-by-hand",
    service,
    message: `job ${service} was run by plain Compose at ${startedAt} (${name} is ${state}), after the last deployment: what it changed in data was neither backed up nor rehearsed before`,
    hint: `look at what it did: docker logs ${name}; sluice db list shows the backups of before, and sluice db backup takes one of now; then, once it has ended, docker rm ${name}`,
  }));
}
