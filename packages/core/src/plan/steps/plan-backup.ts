import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { isRunning } from "../live/is-running.ts";
import type { DesiredDeployment } from "../plan-deployment.ts";
import type { AddStep } from "./collect-steps.ts";

/**
 * A backup of the configured database, where one runs: before the first step that may change what it holds. Whoever goes
 * back to a release that was live gets none: it takes time that there may not be, and changes nothing.
 */
export function addBackup(
  add: AddStep,
  { config, tag }: DesiredDeployment,
  observed: ObservedStack,
  active: readonly ServiceFacts[],
): void {
  const { database } = config;
  const service = database?.service;
  if (service === undefined || database === undefined || database.beforeDeploy === "none") return;
  if (!isRunning(observed, service)) return;
  const prove = database.beforeDeploy === "proven";
  const jobs = active.filter(({ role }) => role === "job").map(({ name }) => name);
  const who = jobs.length > 0 ? `${jobs.join(" and ")} of ${tag}` : tag;
  add({
    kind: "backup",
    service,
    prove,
    target: `database ${service}`,
    cause: `${who} may change what it holds${prove ? "; a backup counts when it was restored" : ""}`,
    timeoutMs: database.timeout + (prove ? database.verify.timeout : 0),
  });
}
