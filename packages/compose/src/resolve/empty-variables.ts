import { type Finding, isSecretName } from "@sluice/core";
import { offsetPosition, positionOf } from "./positions.ts";
import { findProjectFiles, type ProjectPlace } from "./project-files.ts";
import { readEnvSources, readSources, type SourceFile, writtenServices } from "./source-files.ts";
import { isComment } from "./variables.ts";

/**
 * Variables that the compose files use without saying that they may be empty (`${NAME:-}`), or secrets and addresses that a service is
 * given by their name alone, and that are set to nothing. What else is given by its name, such as a proxy, may well be empty.
 * Compose warns only of those that are not set at all.
 */
export async function findEmptyVariables(
  place: ProjectPlace,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const project = await findProjectFiles(place, env);
  const [sources, envSources] = await Promise.all([readSources(project.files), readEnvSources([], project.envFiles)]);
  return emptyVariables(sources, envSources, env);
}

export function emptyVariables(
  sources: readonly SourceFile[],
  envSources: readonly SourceFile[],
  env: Readonly<Record<string, string | undefined>>,
): readonly Finding[] {
  const first = new Map(
    sources
      .flatMap((source) => [...plainUses(source), ...givenByName(source)])
      .toReversed()
      .map((use) => [use.name, use]),
  );
  return [...first.values()]
    .filter(({ name }) => (env[name] === undefined ? isEmptyIn(envSources, name) : env[name] === ""))
    .map(({ name, position }) => ({
      severity: "warn",
      code: "variable-empty",
      message: `variable ${name} is set, and empty`,
      hint: `set ${name}, or write \${${name}:-} if it may be empty`,
      position,
    }));
}

/** `$NAME` and `${NAME}`; `$$NAME` is none, and `${NAME:-…}` says what to do when it is empty. */
function plainUses(source: SourceFile) {
  const pattern = /(?<!\$)(?:\$\$)*\$(?:(?<bare>[A-Za-z_]\w*)|\{(?<braced>[A-Za-z_]\w*)\})/g;
  return [...source.text.matchAll(pattern)].flatMap(({ index, 0: text, groups }) => {
    const name = groups?.["bare"] ?? groups?.["braced"] ?? "";
    const offset = index + text.lastIndexOf("$");
    return isComment(source.text, offset) ? [] : [{ name, position: offsetPosition(source, offset) }];
  });
}

/** What an address is called that may hold a password, and without which nothing is reached. */
const addressName = /(?:^|_)(?:URL|URI|DSN)$/;

/** Secrets and addresses of `environment: [NAME]` and `environment: { NAME: }`. */
function givenByName(source: SourceFile) {
  return writtenServices(source).flatMap(([service, { environment }]) => {
    const entries = Array.isArray(environment) ? environment : namesWithoutValue(environment);
    const names = entries.filter(
      (name): name is string =>
        typeof name === "string" && /^[A-Za-z_]\w*$/.test(name) && (isSecretName(name) || addressName.test(name)),
    );
    return names.map((name) => ({ name, position: positionOf([source], ["services", service, "environment", name]) }));
  });
}

function namesWithoutValue(environment: unknown): readonly unknown[] {
  const values = typeof environment === "object" && environment !== null ? environment : {};
  return Object.entries(values).flatMap(([name, value]) => (value === null ? [name] : []));
}

/** The last file that sets it says so; a file that does not set it says nothing. */
function isEmptyIn(envSources: readonly SourceFile[], name: string): boolean {
  const line = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*(?<value>.*)$`, "gm");
  const values = envSources.flatMap(({ text }) =>
    [...text.matchAll(line)].map(({ groups }) => groups?.["value"] ?? ""),
  );
  const last = values.at(-1);
  return last !== undefined && /^(?:""|'')?[ \t]*(?:#.*)?\r?$/.test(last);
}
