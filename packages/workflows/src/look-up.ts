import { parseEnv } from "node:util";
import type { WorkflowFacts } from "./facts.ts";
import type { LookUp } from "./fill-in.ts";
import { settingsOf } from "./settings.ts";
import type { CheckoutTexts } from "./workflow-facts.ts";

/** What variables of the compose files are in the workflows that are written, as far as a checkout tells. Pure. */
export function variablesOf(
  { envFileText, ownEnvText = "" }: Pick<CheckoutTexts, "envFileText" | "ownEnvText">,
  facts: WorkflowFacts,
): LookUp {
  const all = [...facts.variables, ...facts.releaseVariables, ...settingsOf(facts)];
  const set = new Map(all.map(({ name, value }) => [name, value]));
  const written: Readonly<Record<string, string | undefined>> = { ...parseEnv(ownEnvText), ...parseEnv(envFileText) };
  return (name) => {
    const value = set.get(name);
    if (value !== undefined && !value.includes("${{")) return value;
    // What a secret holds nobody knows here: as a rule it is made of what is at hand.
    return written[name] ?? value ?? (name === "PWD" ? "." : undefined);
  };
}
