import { readWorkflowRun } from "@sluice/core";

/**
 * Whether the run that this belongs to was started by a release. A schedule, or a person who starts a look, names none, and
 * that is no fault. By hand an event may be given without its name. Pure.
 */
export function isRunOfRelease(env: Readonly<Record<string, string | undefined>>): boolean {
  const { path, name } = readWorkflowRun(env).event;
  return path !== undefined && (name === undefined || name === "release");
}
