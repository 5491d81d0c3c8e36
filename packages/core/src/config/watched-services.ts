import type { ServiceFacts } from "../model/service.ts";
import type { WatchedCheck } from "../model/watched-check.ts";

/** Whether a check looks at containers, and not at what a server elsewhere knows of the release. */
export function watchesContainers({ type }: WatchedCheck): boolean {
  return type === "logs" || type === "resources";
}

/** Why nothing of a service runs that could be watched while a release has users; `null` where something does. */
export function whyUnwatched({ name, active, role, replicas }: ServiceFacts): string | null {
  if (replicas === 0) return `${name} has no replicas`;
  if (!active) return `${name} is in none of the active profiles`;
  if (role === "job") return `${name} is a job, which has ended by then`;
  return role === "tool" ? `${name} is a tool, which no deployment starts` : null;
}
