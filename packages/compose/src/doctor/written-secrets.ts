import { parseEnv } from "node:util";
import { isManner, isSecretName } from "@sluice/core";

/** Values that examples and templates come with. */
export const knownToAll =
  /^(?:changeme|changethis|change[-_]?me|password|secret|admin|root|postgres|example|test|1234(?:56)?)$/i;
/** What stands where no secret is meant. */
const placeholder = /^(?:none|null|unset|undefined|dummy|placeholder|todo|x{3,}|not[-_]?set)$/i;

/** Name of a variable that a compose file gives a value in plain text. */
export interface WrittenSecret {
  readonly file: string;
  readonly name: string;
  /** The value that is used is another one. */
  readonly isDefault?: boolean;
}

/**
 * Names of variables and keys that a compose file gives a secret in plain text: `DB_PASSWORD: hunter2`,
 * `- DB_PASSWORD=hunter2`, and defaults as in `${DB_PASSWORD:-hunter2}`. A default that is no secret, as everybody knows it or
 * none is meant, is not told of where another value is used.
 *
 * @param given what the environment and env files have
 */
export function secretsInCompose(
  file: string,
  text: string,
  given: Readonly<Record<string, string | undefined>> = {},
): readonly WrittenSecret[] {
  const lines = text.split("\n").filter((line) => !/^\s*#/.test(line));
  const found = lines.flatMap((line) => {
    const [, name = "", value = ""] = /^\s*(?:-\s*)?["']?(\w+)["']?\s*[:=]\s*(.+?)\s*$/.exec(line) ?? [];
    const written = value.replace(/^["']|["'],?$/g, "");
    const isText = written !== "" && !/[$/{[|>&*]/.test(written[0] ?? "") && !written.includes("$");
    const isPlain = isText && isSecretVariable(name) && !isManner(written);
    const defaults = [...line.matchAll(/\$\{(\w+):?-([^}$]+)\}/g)].flatMap(([, variable = "", fallback = ""]) => {
      const isDefault = Boolean(given[variable]) && given[variable] !== fallback;
      const isHarmless = isDefault && (knownToAll.test(fallback) || placeholder.test(fallback));
      return isSecretVariable(variable) && !isHarmless && !isManner(fallback) ? [{ name: variable, isDefault }] : [];
    });
    return [...(isPlain ? [{ name, isDefault: false }] : []), ...defaults];
  });
  return [...new Set(found.map(({ name }) => name))].map((name) => {
    const isDefault = found.every((one) => one.name !== name || one.isDefault);
    return isDefault ? { file, name, isDefault } : { file, name };
  });
}

/** Whether an env file holds the value of something that looks like a secret. */
export function hasSecretValue(envFile: string): boolean {
  return Object.entries(parseEnv(envFile)).some(([name, value = ""]) => {
    return value !== "" && isSecretVariable(name) && !isManner(value);
  });
}

/** In a compose file, other keys than those of variables have such names, too. */
const isSecretVariable = (name: string) => /^[A-Z][A-Z0-9_]*$/.test(name) && isSecretName(name);
