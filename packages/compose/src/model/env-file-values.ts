import type { ComposeFileObject, ComposeModel } from "@sluice/core";
import { escapeDollars, unescapeDollars } from "./dollars.ts";

/** The note in a secret or config of what an env file sets its variable to; Compose carries extension keys along. */
const valueNote = "x-sluice-value";

const kinds = ["secrets", "configs"] as const;

type Variables = Readonly<Record<string, string | undefined>>;

type Keys = Readonly<Record<(typeof kinds)[number], readonly string[]>>;

/**
 * Names of the variables that secrets and configs of the model are made of. Pure.
 *
 * @param keys of those that are meant; default all
 */
export function variablesOfObjects(model: ComposeModel, keys?: Keys): readonly string[] {
  const meant = kinds.flatMap((kind) => {
    const objects: Readonly<Record<string, ComposeFileObject>> = model[kind] ?? {};
    return Object.entries(objects).flatMap(([key, object]) => (!keys || keys[kind].includes(key) ? [object] : []));
  });
  const names = meant.flatMap(({ environment }) => environment ?? []);
  return [...new Set(names.map(unescapeDollars))];
}

/** What an include says for the secrets and configs that it defines. */
export interface IncludedValues extends Keys {
  readonly values: Variables;
}

/**
 * Notes in the model what env files set these variables to: containers are made away from them, and a later release may
 * come with others. Pure.
 *
 * @param values of the project; they come before those of an include
 */
export function withEnvFileValues(
  model: ComposeModel,
  values: Variables,
  included: readonly IncludedValues[] = [],
): ComposeModel {
  const noted = (kind: (typeof kinds)[number], key: string, object: ComposeFileObject): ComposeFileObject => {
    if (object.environment === undefined) return object;
    const variable = unescapeDollars(object.environment);
    const around = included.filter((one) => one[kind].includes(key)).map((one) => one.values[variable]);
    const value = [values[variable], ...around].find((one) => one !== undefined);
    return value === undefined ? object : { ...object, [valueNote]: escapeDollars(value) };
  };
  const changed = kinds.flatMap((kind) => {
    const objects = model[kind];
    if (!objects) return [];
    return [
      [kind, Object.fromEntries(Object.entries(objects).map(([name, object]) => [name, noted(kind, name, object)]))],
    ];
  });
  return { ...model, ...Object.fromEntries(changed) };
}

/** What an env file sets a secret or config to. Pure. */
export function notedValue({ environment, [valueNote]: value }: ComposeFileObject): string | undefined {
  return environment !== undefined && typeof value === "string" ? unescapeDollars(value) : undefined;
}

/** The variables that are noted in a model, by name. What an environment says comes before them. Pure. */
export function envFileValues(model: ComposeModel): Readonly<Record<string, string>> {
  const noted = objectsOf(model).flatMap((object) => {
    const value = notedValue(object);
    return value === undefined ? [] : [[unescapeDollars(object.environment ?? ""), value]];
  });
  return Object.fromEntries(noted);
}

function objectsOf(model: ComposeModel): readonly ComposeFileObject[] {
  return kinds.flatMap((kind) => Object.values(model[kind] ?? {}));
}
