import { hostname } from "node:os";
import type { Origin } from "@sluice/engine";
import { runLink } from "../github/run-link.ts";

/** Where a deployment is begun, for the record. */
export function originOf(env: Readonly<Record<string, string | undefined>>): Origin {
  const run = runLink(env);
  return { host: hostname(), ...(run ? { run } : {}) };
}
