import { parseEnv } from "node:util";
import { isManner, isSecretName } from "@sluice/core";
import type { WorkflowVariable } from "./facts.ts";
import { secretSuffix } from "./names.ts";
import { isIdle, profilesVariable } from "./profiles.ts";
import { listOf, parseTrees, type Tree, textOf, treeOf } from "./tree.ts";

/** Variables that every project of this kind names by environment, production included. */
const byEnvironment: ReadonlySet<string> = new Set(["DOMAIN", "STACK_NAME"]);

/** What the runner has of its own: a job that got an empty text for it would lose its proxy, or its home. */
export const ofMachine = /^(?:HOME|PATH|TZ|LANG|CI|.*_PROXY)$/i;

/** Texts of the compose files, and of the env file beside them (`""` where there is none). */
export interface VariableSources {
  /** Where it deploys to. */
  readonly environment: string;
  readonly composeTexts: readonly string[];
  readonly envFileText: string;
  /** `COMPOSE_PROFILES` of the workflows. Default: what the env file says. */
  readonly profiles?: string | undefined;
  /** Services that are run whatever their profiles, as those that migrate. Default: none. */
  readonly asked?: readonly string[] | undefined;
}

/**
 * Variables that the compose files need from outside: those without a default (a secret that does not exist would be an
 * empty text, which is not the default), secrets that a service is given by their name alone, and not those that the env file answers, unless they look like secrets and what it
 * says is more than how something is done. Nor the directory that a shell is in.
 */
export function neededVariables(sources: VariableSources): readonly WorkflowVariable[] {
  const used = sources.composeTexts.flatMap(usedWithoutDefault);
  const wanted = [...new Set([...used, ...givenByName(sources).filter(isSecretName)])];
  return wanted
    .filter((name) => !isAnswered(name, sources) && !name.startsWith("COMPOSE_") && name !== "PWD")
    .map((name) => ({ name, value: secretOf(name, sources.environment) }));
}

/**
 * Variables that a service is given by their name alone and that no secret is named for: to a container an empty text is
 * something else than nothing, with which it has what its image says.
 */
export function variablesLeftUnset(sources: VariableSources): readonly string[] {
  const answers = parseEnv(sources.envFileText);
  return [...new Set(givenByName(sources))].filter((name) => !isSecretName(name) && answers[name] === undefined);
}

function isAnswered(name: string, { envFileText }: VariableSources): boolean {
  const answer = parseEnv(envFileText)[name];
  return answer !== undefined && !byEnvironment.has(name) && (!isSecretName(name) || isManner(answer));
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

/** Services of the compose files that their profiles keep from running, and whose settings no other has. Pure. */
export function idleServices(sources: VariableSources): ReadonlySet<string> {
  const services = servicesOf(sources);
  const profiles = sources.profiles ?? parseEnv(sources.envFileText)[profilesVariable] ?? "";
  const idle = new Set(services.filter(([, service]) => isIdle(service, profiles)).map(([name]) => name));
  for (const name of [...(sources.asked ?? []), ...services.map(([, service]) => extendedBy(service))])
    idle.delete(name);
  return idle;
}

function servicesOf({ composeTexts }: VariableSources): readonly (readonly [string, Tree])[] {
  return composeTexts
    .flatMap(parseTrees)
    .flatMap((tree) =>
      Object.entries(treeOf(tree["services"])).map(([name, service]) => [name, treeOf(service)] as const),
    );
}

/**
 * `environment: [NAME]` and `environment: { NAME: }` of services that run: where nobody sets it, Compose leaves it out, and
 * says nothing.
 */
function givenByName(sources: VariableSources): readonly string[] {
  const idle = idleServices(sources);
  const names = servicesOf(sources).flatMap(([service, { environment }]) => {
    const unset = Object.entries(treeOf(environment)).filter(([, value]) => value === null);
    return idle.has(service) ? [] : [...listOf(environment), ...unset.map(([name]) => name)];
  });
  return names.filter(
    (name): name is string => typeof name === "string" && /^[A-Za-z_]\w*$/.test(name) && !ofMachine.test(name),
  );
}

/** The service that one extends, and so has the variables of; `""` where it extends none. */
function extendedBy({ extends: base }: Tree): string {
  return textOf(base) || textOf(treeOf(base)["service"]);
}
