import type { Config, Finding, ResolvedProject } from "@sluice/core";
import { knownDatabases } from "./find-database.ts";

type Project = Pick<ResolvedProject, "services" | "model">;

/**
 * Databases of which no deployment takes a backup, though nobody decided that: the configuration has no section for one. Of
 * other data services nothing is said: most are caches and queues, and whether the rest needs backups only people know. Pure.
 */
export function backupFindings(
  { database }: Pick<Config, "database">,
  { services, model }: Project,
): readonly Finding[] {
  if (database) return [];
  const found = knownDatabases(services, model);
  const jobs = services.filter(({ active, role }) => active && role === "job").map(({ name }) => name);
  const who = jobs.length > 0 ? `${jobs.join(" and ")} of a new release` : "a new release";
  return found.map(({ service }) => {
    const isOnly = found.length === 1;
    const [toTake, toSkip] = isOnly
      ? ["{}", "{ beforeDeploy: none }"]
      : [`{ service: ${service} }`, `{ service: ${service}, beforeDeploy: none }`];
    const which = isOnly ? "" : "of several databases name the one that is backed up: ";
    return {
      severity: "warn",
      code: "no-backup",
      service,
      message: `no backup of database ${service} is taken before ${who} may change what it holds`,
      hint: `${which}database: ${toTake} in sluice.yaml has one taken and restored before each new release; database: ${toSkip} says that you see to that yourselves`,
    };
  });
}

/** The project with these findings among its own. */
export function withBackupFindings(config: Pick<Config, "database">, project: ResolvedProject): ResolvedProject {
  return { ...project, findings: [...project.findings, ...backupFindings(config, project)] };
}
