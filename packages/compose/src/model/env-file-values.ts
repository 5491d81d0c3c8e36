import type { ComposeFileObject, ComposeModel } from "@sluice/core";
import { escapeDollars, unescapeDollars } from "./dollars.ts";

/** The note in a secret or config of what an env file sets its variable to; Compose carries extension keys along. */
const valueNote = "x-sluice-value";

const kinds = ["secrets", "configs"] as const;

type Variables = Readonly<Record<string, string | undefined>>;

/** Names of the variables that secrets and configs of the model are made of. Pure. */
export function variablesOfObjects(model: ComposeModel): readonly string[] {
  const names = objectsOf(model).flatMap(({ environment }) => environment ?? []);
  return [...new Set(names.map(unescapeDollars))];
}

/**
 * Notes in the model what env files set these variables to: containers are made away from them, and a later release may
 * come with others. Pure.
 */
export function withEnvFileValues(model: ComposeModel, values: Variables): ComposeModel {
  const noted = (object: ComposeFileObject): ComposeFileObject => {
    const value = object.environment === undefined ? undefined : values[unescapeDollars(object.environment)];
    return value === undefined ? object : { ...object, [valueNote]: escapeDollars(value) };
  };
  const changed = kinds.flatMap((kind) => {
    const objects = model[kind];
    if (!objects) return [];
    return [[kind, Object.fromEntries(Object.entries(objects).map(([name, object]) => [name, noted(object)]))]];
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
