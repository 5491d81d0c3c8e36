import type { ComposeModel, ComposeMount, ComposeService } from "@sluice/core";
import { isForOneAlone } from "../model/mounts.ts";
import { networkKeys, networkOfEngine } from "../model/networks.ts";
import { engineNetworkText, sharedServices } from "./blockers.ts";
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

/** On a host with SELinux: the one that starts takes the files from all others. */
export const labelsForOne: FindingRule = (model, { service, role, strategy }, _override, decisions) => {
  // What runs in a slot has no such label; a tool is started by whoever knows.
  if (strategy === "slots" || role === "job" || role === "tool") return undefined;
  const volumes = model.services[service]?.volumes ?? [];
  const others = decisions.filter((decision) => decision.service !== service && decision.role !== "tool");
  const usersOf = ({ source = "" }: ComposeMount) =>
    others.filter((other) =>
      (model.services[other.service]?.volumes ?? []).some((mount) => overlap(source, mount.source ?? "")),
    );
  const index = volumes.findIndex((mount) => isForOneAlone(mount) && usersOf(mount).length > 0);
  const mount = volumes[index];
  const users = mount ? usersOf(mount).map((other) => other.service) : [];
  return (
    mount !== undefined && {
      severity: "warn",
      code: "labels-for-one",
      message: `${service} mounts ${mount.source} for itself alone (:Z): where the host has SELinux, ${users.join(" and ")} cannot read it any more once ${service} starts`,
      hint: "write :z, with which all of them may use it",
      path: ["volumes", index],
    }
  );
};

function overlap(a: string, b: string): boolean {
  const within = (inner: string, outer: string) => outer !== "" && `${inner}/`.startsWith(`${outer}/`);
  return within(a, b) || within(b, a);
}

export const jobShares: FindingRule = (model, { service, role }) =>
  role === "job" && (sharedByJob(service, model.services[service] ?? {}) ?? jobOfEngine(model, service));

/** It is connected to its networks when it is made already. */
function jobOfEngine(model: ComposeModel, job: string): Omit<ServiceFinding, "service"> | undefined {
  const key = networkKeys(model.services[job]).find((one) => networkOfEngine(model, one) !== undefined);
  if (key === undefined) return undefined;
  return {
    severity: "error",
    code: "job-shares",
    message: `job ${job} cannot be connected: ${engineNetworkText(model, key)}`,
    hint: `write network_mode: ${networkOfEngine(model, key)} in the place of its networks`,
    path: ["networks", key],
  };
}

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
