import type { ComposeFileObject, ComposeModel, ServiceFacts } from "@sluice/core";
import type { Environment } from "../engine/endpoint.ts";
import { unescapeDollars } from "../model/dollars.ts";
import { notedValue } from "../model/env-file-values.ts";
import { isInBase } from "../model/placement.ts";

const kinds = [
  ["secrets", "secret"],
  ["configs", "config"],
] as const;

/**
 * By base service, but for data: secrets and configs without `file:` that say something else than with the release that serves, as
 * `config NAME`: another content, variable or value. What only the environment set no release has: nothing is said of that. Pure.
 *
 * @param env comes before env files, as in what containers get
 */
export function changedObjects(
  serves: ComposeModel,
  wanted: ComposeModel,
  services: readonly ServiceFacts[],
  env: Environment,
): Readonly<Record<string, readonly string[]>> {
  const users = services.filter((service) => isInBase(service) && service.role !== "data");
  const entries = users.map(({ name }) => {
    const changed = kinds.flatMap(([kind, noun]) =>
      (wanted.services[name]?.[kind] ?? []).flatMap(({ source }) =>
        isOther(serves[kind]?.[source], wanted[kind]?.[source], env) ? [`${noun} ${source}`] : [],
      ),
    );
    return [name, [...new Set(changed)]] as const;
  });
  return Object.fromEntries(entries.filter(([, changed]) => changed.length > 0));
}

/** What a file is mounted for, and what is not there, is none of this. */
function isOther(
  before: ComposeFileObject | undefined,
  after: ComposeFileObject | undefined,
  env: Environment,
): boolean {
  if (before === undefined || after === undefined) return false;
  if (before.file !== undefined || after.file !== undefined) return false;
  if (before.content !== after.content || before.environment !== after.environment) return true;
  const [was, is] = [notedValue(before), env[unescapeDollars(after.environment ?? "")] ?? notedValue(after)];
  return was !== undefined && is !== undefined && was !== is;
}
