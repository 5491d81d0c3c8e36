import { isAbsolute, relative } from "node:path";
import { type ComposeModel, checkoutNote, notedCheckout } from "@sluice/core";
import { escapeDollars, unescapeDollars } from "./dollars.ts";

/** Notes in the model where its checkout is; Compose carries extension keys along and counts them in no hash. */
export function withCheckout(model: ComposeModel, checkout: string): ComposeModel {
  return { ...model, [checkoutNote]: { checkout: escapeDollars(checkout) } };
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
