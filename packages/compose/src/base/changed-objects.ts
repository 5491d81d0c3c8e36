import type { ComposeFileObject, ComposeModel, ServiceFacts } from "@sluice/core";
import { notedValue } from "../model/env-file-values.ts";
import { isInBase } from "../model/placement.ts";

const kinds = [
  ["secrets", "secret"],
  ["configs", "config"],
] as const;

/**
 * By base service, but for data: secrets and configs without `file:` that say something else than with the release that serves, as
 * `config NAME`: another content, variable or value in an env file. What only the environment sets no release has. Pure.
 */
export function changedObjects(
  serves: ComposeModel,
  wanted: ComposeModel,
  services: readonly ServiceFacts[],
): Readonly<Record<string, readonly string[]>> {
  const users = services.filter((service) => isInBase(service) && service.role !== "data");
  const entries = users.map(({ name }) => {
    const changed = kinds.flatMap(([kind, noun]) =>
      (wanted.services[name]?.[kind] ?? []).flatMap(({ source }) => {
        const [before, after] = [textOf(serves[kind]?.[source]), textOf(wanted[kind]?.[source])];
        const isOther = before !== undefined && after !== undefined && before !== after;
        return isOther ? [`${noun} ${source}`] : [];
      }),
    );
    return [name, [...new Set(changed)]] as const;
  });
  return Object.fromEntries(entries.filter(([, changed]) => changed.length > 0));
}

/** `undefined` for what a file is mounted for, and for what is not there. */
function textOf(object: ComposeFileObject | undefined): string | undefined {
  if (object === undefined || object.file !== undefined) return undefined;
  return JSON.stringify([object.content, object.environment, notedValue(object)]);
}
