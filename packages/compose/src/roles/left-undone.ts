import { isApplication } from "@sluice/core";
import { serviceLinks } from "../model/service-links.ts";
import { sharedServices } from "./blockers.ts";
import type { FindingRule } from "./finding-rule.ts";

/** Compose itself runs them, around what it starts and stops itself. */
export const hookNotRun: FindingRule = (model, { service, role }) => {
  const hooks = ["pre_start", "post_start", "pre_stop"].filter((key) => {
    const written = model.services[service]?.[key];
    return Array.isArray(written) && written.length > 0;
  });
  return (
    role !== "tool" &&
    hooks[0] !== undefined && {
      severity: "warn",
      code: "hook-not-run",
      message: `${hooks.join(" and ")} of ${service} will not be run: containers are started and stopped without Compose`,
      hint: "do it in the command of the service, or before its start in a job that it waits for",
      path: [hooks[0]],
    }
  );
};

/**
 * Compose restarts a service with what it depends on, if that is asked for; base services are made one by one. Applications start after
 * all others anyway. For links and shared namespaces Compose writes the same of itself: nobody has asked for that.
 */
export const restartNotDone: FindingRule = (model, { service, role }, _override, decisions) => {
  if (role === "tool" || role === "job" || isApplication(role)) return undefined;
  const written = model.services[service] ?? {};
  const implied = new Set([
    ...serviceLinks(written).map((link) => link.service),
    ...sharedServices(written).map(({ other }) => other),
  ]);
  const inBase = new Set(
    decisions
      .filter((decision) => decision.strategy === "recreate" && decision.role !== "tool")
      .map((decision) => decision.service),
  );
  const [found] = Object.entries(written.depends_on ?? {}).find(
    ([name, { restart }]) => restart === true && inBase.has(name) && !implied.has(name),
  ) ?? [undefined];
  return (
    found !== undefined && {
      severity: "warn",
      code: "restart-not-done",
      message: `${service} is not restarted when a deployment replaces ${found}, which its depends_on asks for`,
      hint: `if it does not connect again by itself, run after such a deployment: docker compose restart --no-deps ${service}`,
      path: ["depends_on", found, "restart"],
    }
  );
};

/** Compose asks another program for what such a service is, and gives those that depend on it variables from there. */
export const notProvided: FindingRule = (model, { service, role }) => {
  const { provider } = model.services[service] ?? {};
  return (
    role !== "tool" &&
    provider !== undefined && {
      severity: "error",
      code: "not-provided",
      message: `${service} comes from a provider, and not from an image: a deployment makes containers only`,
      hint: `set services.${service}.role: tool in sluice.yaml, start it by hand, and write where it is into the environment of what uses it`,
      path: ["provider"],
    }
  );
};
