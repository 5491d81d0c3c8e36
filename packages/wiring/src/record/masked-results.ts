import { maskWords, type Redact } from "@sluice/core";
import { withMethods } from "../with-methods.ts";

/** What the user wrote is read by programs, which need it as it is. */
const ownWords: ReadonlySet<string> = new Set(["config"]);

/**
 * The same object, whose promises resolve with masked words: an application's answer, a command's last lines, a reason of
 * a resolved project. Names, states and hashes stay, as callers go by them, and so do `config` and what comes by iteration.
 *
 * @param asTheyAre methods whose results stay, also those of parts
 */
export function withMaskedResults<T extends object>(target: T, redact: Redact, asTheyAre: readonly (keyof T)[]): T {
  const exempt = new Set<PropertyKey>(asTheyAre);
  return withMethods(target, (method, key) => (...args) => {
    const result = method(...args);
    if (!(result instanceof Promise) || exempt.has(key)) return result;
    return result.then((value: unknown) => maskWords(value, redact, ownWords));
  });
}
