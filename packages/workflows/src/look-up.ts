import { parseEnv } from "node:util";
import type { WorkflowFacts } from "./facts.ts";
import type { LookUp } from "./fill-in.ts";
import { settingsOf } from "./settings.ts";
import { type CheckoutTexts, deploymentsOf } from "./workflow-facts.ts";

/**
 * What variables of the compose files are in the workflows that are written, as far as a checkout tells. Pure.
 *
 * @param how `likely`: what an expression holds, and what no workflow sets, is as in the `.env` of a developer, which as a rule is like it;
 *   `certain`: that file says nothing, and an expression stays as it is. Default: `likely`
 */
export function variablesOf(
  checkout: CheckoutTexts,
  facts: WorkflowFacts,
  how: "likely" | "certain" = "likely",
): LookUp {
  const { envFileText, ownEnvText = "" } = checkout;
  const isLikely = how === "likely";
  const altered = isLikely ? [] : (deploymentsOf(checkout)[0]?.altered ?? []);
  const all = [...altered, ...facts.variables, ...facts.releaseVariables, ...settingsOf(facts)];
  const set = new Map(all.map(({ name, value }) => [name, value]));
  const written: Readonly<Record<string, string | undefined>> = {
    ...(isLikely && parseEnv(ownEnvText)),
    ...parseEnv(envFileText),
  };
  return (name) => {
    const value = set.get(name);
    if (value !== undefined && (!isLikely || !value.includes("${{"))) return value;
    return written[name] ?? value ?? (name === "PWD" ? "." : undefined);
  };
}
