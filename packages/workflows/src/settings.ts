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
 * What a command by hand needs to be about the same stack, of the same files, with the same settings and engine. Others, and what
 * is a secret, are values of their own.
 */
export function settingsByHand(facts: WorkflowFacts): readonly WorkflowVariable[] {
  const stack = facts.variables.filter(({ name }) => name === "STACK_NAME");
  const others = facts.variables.filter(
    ({ name, value }) => /^(?:COMPOSE|DOCKER|SLUICE)_/.test(name) && !value.includes("${{"),
  );
  return [...stack, ...settingsOf(facts), ...others];
}
