import { createHash } from "node:crypto";
import type { DoorRequest } from "@sluice/core";
import { doorFacts } from "../model/door-facts.ts";

export type SpecRequest = Omit<DoorRequest, "deployment" | "files" | "routing" | "volumes">;

/**
 * Hash of what a door's container is made from; with another one it must be replaced. Two parts: all but the preview
 * secret, and a hash of the secret, so that whoever does not know the secret can judge the first.
 */
export function specHash({ spec, image, model }: SpecRequest): string {
  const { previewSecret, ...open } = spec;
  return `${hash({ open, image, facts: doorFacts(model, spec.service) })}-${hash(previewSecret)}`;
}

/** Whether a door's label says what is wanted; the part of the secret counts where both are known. */
export function sameSpec(label: string | undefined, wanted: string, withSecret: boolean): boolean {
  if (label === undefined) return false;
  return withSecret ? label === wanted : label.split("-")[0] === wanted.split("-")[0];
}

/** Of plain data, whatever the order of its keys. */
export function hash(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(value)))
    .digest("hex")
    .slice(0, 32);
}

/** The same text for the same data, whatever the order of its keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}
