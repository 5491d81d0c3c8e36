import type { ComposeModel } from "./compose.ts";

/** Key of the model under which the checkout is noted. */
export const checkoutNote = "x-sluice";

/** Directory of the checkout that the model was resolved in, escaped as the rest of the model; `undefined` where none is noted. */
export function notedCheckout(model: ComposeModel): string | undefined {
  const checkout = (model[checkoutNote] as { readonly checkout?: unknown } | undefined)?.checkout;
  return typeof checkout === "string" ? checkout : undefined;
}

/**
 * Platform that an env file has images pulled for where a service says none, escaped as the rest of the model; `undefined` where
 * none is noted.
 */
export function notedPlatform(model: ComposeModel): string | undefined {
  const platform = (model[checkoutNote] as { readonly platform?: unknown } | undefined)?.platform;
  return typeof platform === "string" ? platform : undefined;
}
