import type { WorkflowFile } from "./facts.ts";
import { existingDeployments } from "./read-existing.ts";

/**
 * Variables that a job which deploys has otherwise than the other jobs: those of what its run is about, such as the tag of the
 * release, and secrets that are empty here, as one of the environment on GitHub is, which only that job names. Pure.
 *
 * @param env of a job that does not deploy
 */
export function runVariables(
  workflows: readonly WorkflowFile[],
  environment: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const [deployment] = existingDeployments(workflows, environment);
  if (!deployment) return [];
  const isMissing = (name: string, value: string) => value.includes("${{") && env[name] === "";
  const missing = deployment.variables.filter(({ name, value }) => isMissing(name, value));
  return [...new Set([...deployment.altered, ...missing].map(({ name }) => name))];
}
