import {
  checkoutFindings,
  type DeploymentPlan,
  type Finding,
  guestFindings,
  keptOrphans,
  otherFilesFindings,
  redefinedFindings,
  restartFindings,
  sameFilesFindings,
  unjudgedFindings,
  unsetVariableFindings,
} from "@sluice/core";
import type { DeployRequest } from "../requests.ts";
import type { EnginePorts } from "../scope.ts";
import type { DeployFacts } from "./deploy-facts.ts";
import { findOutside } from "./find-outside.ts";
import { jobsNotRun, jobsTakenBack } from "./jobs-not-run.ts";
import { lostServers } from "./lost-servers.ts";

/**
 * What there is to tell of a plan that nothing is in the way of. Asks the doors where there is nothing to do, and looks at what others
 * have on external networks where a door gets another address.
 */
export async function deployFindings(
  plan: DeploymentPlan,
  { observed, bundles, live, previousRelease, same, orphans, lived, fate, anew }: DeployFacts,
  { project, release: wanted, config }: DeployRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const { services, model } = project;
  const lost = plan.steps.length === 0 ? await lostServers(observed, services, ports, signal) : [];
  const undone = same
    ? [...jobsTakenBack(same, fate, plan), ...(lived ? jobsNotRun(same, { model, observed, config }, plan) : [])]
    : [];
  return [
    ...checkoutFindings(wanted, bundles),
    ...keptOrphans(orphans),
    ...redefinedFindings(observed),
    ...guestFindings(observed),
    ...(await findOutside(plan, project, ports, signal)),
    ...unjudgedFindings(plan, config, services),
    ...unsetVariableFindings(project, previousRelease),
    // Of the same model, as of the same release, it does not matter which.
    ...(same && same.id === previousRelease?.bundle.id
      ? []
      : otherFilesFindings(project, previousRelease?.bundle ?? null, observed)),
    ...sameFilesFindings(observed),
    ...restartFindings(observed, same && live?.release === same.id ? live.slot : null),
    ...lost,
    ...anew.findings,
    ...undone,
  ];
}
