import type { WorkflowFacts, WorkflowVariable } from "./facts.ts";
import { migrationPath } from "./migration-file.ts";

/** What tells every command of a workflow which files and which settings it is to use. */
export function settingsOf({ environment, files, migration }: WorkflowFacts): readonly WorkflowVariable[] {
  const composeFiles = [...new Set([...files, ...(migration ? [migrationPath] : [])])].join(":");
  const { name, isConfigured } = environment;
  return [
    { name: "COMPOSE_FILE", value: composeFiles },
    ...(isConfigured ? [{ name: "SLUICE_ENVIRONMENT", value: name }] : []),
  ];
}

/**
 * What a deployment by hand needs to be the same as that of the workflow: all that its job sets, as it stands there. The name of the stack comes
 * first, and last what only a run knows, such as secrets.
 */
export function settingsByHand(facts: WorkflowFacts): readonly WorkflowVariable[] {
  const all = [...settingsOf(facts), ...facts.variables, ...facts.releaseVariables];
  const variables = [...new Map(all.map((variable) => [variable.name, variable])).values()];
  const orderOf = ({ name, value }: WorkflowVariable) => (name === "STACK_NAME" ? 0 : value.includes("${{") ? 2 : 1);
  return variables.toSorted((a, b) => orderOf(a) - orderOf(b));
}
