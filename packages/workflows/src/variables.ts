import { parseEnv } from "node:util";
import { isManner, isSecretName } from "@sluice/core";
import type { WorkflowVariable } from "./facts.ts";
import { secretSuffix } from "./names.ts";
import { listOf, parseTrees, treeOf } from "./tree.ts";

/** Variables that every project of this kind names by environment, production included. */
const byEnvironment: ReadonlySet<string> = new Set(["DOMAIN", "STACK_NAME"]);

/** Texts of the compose files, and of the env file beside them (`""` where there is none). */
export interface VariableSources {
  /** Where it deploys to. */
  readonly environment: string;
  readonly composeTexts: readonly string[];
  readonly envFileText: string;
}

/**
 * Variables that the compose files need from outside: those without a default (a secret that does not exist would be an
 * empty text, which is not the default), those that a service is given by their name alone, and not those that the env file answers, unless they look like secrets and what it
 * says is more than how something is done.
 */
export function neededVariables({
  environment,
  composeTexts,
  envFileText,
}: VariableSources): readonly WorkflowVariable[] {
  const answers = parseEnv(envFileText);
  const isAnswered = (name: string) => {
    const answer = answers[name];
    return answer !== undefined && !byEnvironment.has(name) && (!isSecretName(name) || isManner(answer));
  };
  const wanted = [
    ...new Set(composeTexts.flatMap((text) => [...usedWithoutDefault(text), ...givenByName(text)])),
  ].filter((name) => !isAnswered(name));
  return wanted
    .filter((name) => !name.startsWith("COMPOSE_"))
    .map((name) => ({ name, value: secretOf(name, environment) }));
}

/** Whether a compose file takes the value of a variable from outside: by `$NAME`, or by the name alone in an `environment:`. */
export function usesVariable(composeText: string, name: string): boolean {
  const use = new RegExp(
    `(?<!\\$)(?:\\$\\$)*\\$\\{?${name}\\b|^\\s*(?:-\\s*(["']?)${name}\\1|${name}:)\\s*(?:#.*)?$`,
    "m",
  );
  return use.test(composeText);
}

/**
 * The expression of the secret that holds a variable in an environment. What is tried elsewhere never gets the keys of
 * production: there each secret has a name of its own.
 */
export function secretOf(name: string, environment: string): string {
  const isOwn = environment !== "production" || byEnvironment.has(name);
  return `\${{ secrets.${isOwn ? `${name}_${secretSuffix(environment)}` : name} }}`;
}

/** `$NAME`, `${NAME}` and `${NAME:?message}`; `$$NAME` is none, and `${NAME:-…}` and `${NAME:+…}` need nothing. */
function usedWithoutDefault(text: string): readonly string[] {
  const lines = text.split("\n").filter((line) => !/^\s*#/.test(line));
  const pattern = /(?<!\$)(?:\$\$)*\$(?:(?<bare>[A-Za-z_]\w*)|\{(?<braced>[A-Za-z_]\w*)(?:\}|:?\?))/g;
  return [...lines.join("\n").matchAll(pattern)].map(({ groups }) => groups?.["bare"] ?? groups?.["braced"] ?? "");
}

/** `environment: [NAME]` and `environment: { NAME: }`: where nobody sets it, Compose leaves it out, and says nothing. */
function givenByName(text: string): readonly string[] {
  const services = parseTrees(text).flatMap((tree) => Object.values(treeOf(tree["services"])));
  const names = services.flatMap((service) => {
    const { environment } = treeOf(service);
    const unset = Object.entries(treeOf(environment)).filter(([, value]) => value === null);
    return [...listOf(environment), ...unset.map(([name]) => name)];
  });
  return names.filter((name): name is string => typeof name === "string" && /^[A-Za-z_]\w*$/.test(name));
}
