import { isInSlot } from "@sluice/core";
import type { FindingRule } from "./finding-rule.ts";

/**
 * What Compose runs around its own starts and stops. After the start it is run in all but jobs, and before the stop in slots: nobody else
 * knows when that comes, and what of base is made anew Compose itself stops. A service relies on what ran before its start
 * (`pre_start`: migrations, owners of files), and so would begin without it; the others come beside what it does.
 */
export const hookNotRun: FindingRule = (model, decision) => {
  const { service, role } = decision;
  const run = role === "job" ? [] : isInSlot(decision) ? ["post_start", "pre_stop"] : ["post_start"];
  const hooks = ["pre_start", "post_start", "pre_stop"].filter((key) => {
    const written = model.services[service]?.[key];
    return Array.isArray(written) && written.length > 0 && !run.includes(key);
  });
  const [first] = hooks;
  const relies = first === "pre_start";
  return (
    role !== "tool" &&
    first !== undefined && {
      severity: relies ? "error" : "warn",
      code: "hook-not-run",
      message: `${hooks.join(" and ")} of ${service} will not be run: ${role === "job" ? "it is run" : "its containers are started and stopped"} without Compose`,
      hint: relies
        ? `do it in a service of its own that ${service} waits for (depends_on, condition: service_completed_successfully): that is a job, and runs before it`
        : "do it in the command of the service, which may end on the signal that stops it",
      path: [first],
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

/** Compose writes them into a container at a start of its own; a directory that the service names itself has what was put there. */
export const credentialsNotGiven: FindingRule = (model, { service, role }) => {
  const { use_api_socket, environment } = model.services[service] ?? {};
  return (
    role !== "tool" &&
    use_api_socket === true &&
    environment?.["DOCKER_CONFIG"] === undefined && {
      severity: "warn",
      code: "credentials-not-given",
      message: `${service} will have the Docker socket, but not the credentials for registries that use_api_socket gives it: containers are started without Compose`,
      hint: "without use_api_socket mount /var/run/docker.sock, and a config.json to where DOCKER_CONFIG in its environment says",
      path: ["use_api_socket"],
    }
  );
};
