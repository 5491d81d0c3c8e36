import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { ComposeModel } from "@sluice/core";
import { pathInCheckout } from "../model/checkout.ts";

/**
 * Name in a bundle of the copy of something in the checkout: the same for the same path relative to the checkout.
 * `undefined` for what lies elsewhere: that belongs to the host, not to a release.
 */
export function bundleName(model: ComposeModel, source: string): string | undefined {
  const path = pathInCheckout(model, source);
  if (path === undefined) return undefined;
  const digest = createHash("sha256").update(path).digest("hex").slice(0, 12);
  const name = basename(path).replaceAll(/[^A-Za-z0-9._-]/g, "_");
  return name === "" ? digest : `${digest}-${name}`;
}
