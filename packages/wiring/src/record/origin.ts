import { hostname } from "node:os";
import { readWorkflowRun } from "@sluice/core";
import type { Origin } from "@sluice/engine";

/** Where a deployment is begun, for the record. */
export function originOf(env: Readonly<Record<string, string | undefined>>): Origin {
  const { link: run } = readWorkflowRun(env);
  return { host: hostname(), ...(run ? { run } : {}) };
}
