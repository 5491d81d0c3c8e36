import { restartPolicy } from "../model/restart-policy.ts";
import type { FindingRule } from "./finding-rule.ts";
import { hasHealthcheck } from "./service-facts.ts";

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

/**
 * Under plain Compose such a job fails until what it needs is there; in a deployment its first failure is the end. There a
 * health check is waited for before jobs run, whatever the condition.
 */
export const jobNotRetried: FindingRule = (model, { service, role }) => {
  const written = model.services[service] ?? {};
  const policy = restartPolicy(written) ?? "";
  const needs = Object.entries(written.depends_on ?? {});
  const [early] =
    needs.find(
      ([name, { condition = "service_started" }]) =>
        condition === "service_started" && !hasHealthcheck(model.services[name] ?? {}),
    ) ?? [];
  return (
    role === "job" &&
    policy.startsWith("on-failure") &&
    (needs.length === 0 || early !== undefined) && {
      severity: "warn",
      code: "job-not-retried",
      message: `job ${service} is not started again (${policy}) when it fails: its first failure ends a deployment, also where ${early ?? "what it needs"} is not ready yet`,
      hint: `give ${early ?? "what it needs"} a health check and wait for that with condition: service_healthy, or let ${service} itself try again`,
      path: [written.deploy?.["restart_policy"] === undefined ? "restart" : "deploy"],
    }
  );
};
