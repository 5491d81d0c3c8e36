import { isAbsolute, relative } from "node:path";
import { type ComposeModel, checkoutNote, notedCheckout } from "@sluice/core";
import { escapeDollars, unescapeDollars } from "./dollars.ts";

/**
 * Notes in the model where its checkout is, and the directory of the project in it; Compose carries extension keys along and counts
 * them in no hash.
 */
export function withCheckout(model: ComposeModel, checkout: string, directory = checkout): ComposeModel {
  const place = directory === checkout ? {} : { directory: escapeDollars(directory) };
  return { ...model, [checkoutNote]: { checkout: escapeDollars(checkout), ...place } };
}

/** Where relative paths of the model start from, escaped; `undefined` where nothing is noted. */
export function notedDirectory(model: ComposeModel): string | undefined {
  const { directory } = (model[checkoutNote] ?? {}) as { readonly directory?: unknown };
  return typeof directory === "string" ? directory : notedCheckout(model);
}

/**
 * The path of something relative to the checkout that the model was resolved in (empty for the checkout itself);
 * `undefined` for what lies elsewhere.
 *
 * @param path as the model has it, escaped
 */
export function pathInCheckout(model: ComposeModel, path: string): string | undefined {
  const checkout = notedCheckout(model);
  if (checkout === undefined) return undefined;
  const inside = relative(unescapeDollars(checkout), unescapeDollars(path));
  return inside.startsWith("..") || isAbsolute(inside) ? undefined : inside;
}
