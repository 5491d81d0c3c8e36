import { type ReleaseBundle, SluiceError } from "@sluice/core";
import * as z from "zod";

const serviceFacts = z.looseObject({
  name: z.string(),
  role: z.string(),
  strategy: z.string(),
  active: z.boolean(),
});

const bundleSchema = z.looseObject({
  version: z.literal(1),
  id: z.string(),
  tag: z.string(),
  tags: z.array(z.string()),
  commit: z.string().nullable(),
  createdAt: z.string(),
  key: z.string(),
  services: z.array(serviceFacts),
  images: z.record(z.string(), z.string()),
  imageTags: z.record(z.string(), z.string()),
  environment: z.record(z.string(), z.string()),
  broken: z.looseObject({ at: z.string(), reason: z.string() }).optional(),
});

/** What lies in `bundle.json`: the bundle, and checksums of what lies beside it. */
export interface BundleDocument {
  readonly bundle: ReleaseBundle;
  /** SHA-256 by path relative to the bundle's directory. */
  readonly checksums: Readonly<Record<string, string>>;
}

const documentSchema = z.strictObject({ bundle: bundleSchema, checksums: z.record(z.string(), z.string()) });

/** @throws SluiceError BUNDLE_INVALID; its message holds nothing of the content */
export function parseBundleDocument(text: string, path: string): BundleDocument {
  const parsed = documentSchema.safeParse(toJson(text));
  if (parsed.success) return parsed.data as unknown as BundleDocument;
  throw invalidBundle(path, "it cannot be read");
}

export function invalidBundle(path: string, reason: string): SluiceError {
  return new SluiceError("BUNDLE_INVALID", `release bundle ${path}: ${reason}`, {
    hint: "deploy that release again: it is built anew",
  });
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
