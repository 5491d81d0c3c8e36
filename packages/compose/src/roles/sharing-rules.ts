import type { ComposeService } from "@sluice/core";
import { sharedServices } from "./blockers.ts";
import type { FindingRule, ServiceFinding } from "./finding-rule.ts";

/** Of what is in a slot there are two, and neither has the name by which Compose looks for it. */
export const sharesWithSlot: FindingRule = (model, { service, role, strategy }, _override, decisions) => {
  if (strategy !== "recreate" || role === "tool") return undefined;
  const shared = sharedServices(model.services[service] ?? {}).find(({ other }) =>
    decisions.some((decision) => decision.service === other && decision.strategy === "slots"),
  );
  return (
    shared && {
      severity: "error",
      code: "shares-with-slot",
      message: `${service} uses ${shared.key} of ${shared.other}, of which two run at a deployment`,
      hint: `set services.${shared.other}.strategy: recreate in sluice.yaml, so that both are replaced stop-first, or remove it`,
      path: [shared.key],
    }
  );
};

export const jobShares: FindingRule = (model, { service, role }) =>
  role === "job" && sharedByJob(service, model.services[service] ?? {});

/**
 * What a job would have of other containers: none of them is in the project that it runs in, so it would fail at its start, or run without.
 * Its path is that in the service. Pure.
 */
export function sharedByJob(job: string, service: ComposeService): Omit<ServiceFinding, "service"> | undefined {
  const shared = Object.entries(otherWays).flatMap(([key, way]) => {
    const written = service[key];
    const [value] = Array.isArray(written) ? written : [written];
    const isShared = Array.isArray(written) ? value !== undefined : String(value).startsWith("service:");
    return isShared ? [{ key, value, way }] : [];
  })[0];
  return (
    shared && {
      severity: "error",
      code: "job-shares",
      message: `job ${job} cannot have ${shared.key} ${shared.value}: it runs in a project of its own, beside the services of base`,
      hint: shared.way,
      path: [shared.key],
    }
  );
}

/** By key of a service: how a job has the same in another way. */
const otherWays: Readonly<Record<string, string>> = {
  network_mode: "put it on a network of that service, which it then reaches by its name",
  pid: "leave that to a service of base, or to role: tool, which is run by hand",
  ipc: "leave that to a service of base, or to role: tool, which is run by hand",
  volumes_from: "write the mounts that it needs under its own volumes",
  external_links: "have it call that container by its own name, on a network that both are on",
};
