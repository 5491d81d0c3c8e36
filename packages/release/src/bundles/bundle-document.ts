import type { ReleaseBundle } from "@sluice/core";
import { SluiceError } from "@sluice/core";
import * as z from "zod";
import { hashText, type InventoryEntry } from "./inventory.ts";

/** Content of `bundle.json`: the bundle, and what lies beside it. */
export interface BundleDocument {
  readonly bundle: ReleaseBundle;
  readonly contents: readonly InventoryEntry[];
}

const texts = z.lazy(() => z.record(z.string(), z.string()));

/** Only what is read here is checked; a newer Sluice may have written more. */
const documentSchema = z.lazy(() =>
  z.looseObject({
    version: z.literal(1),
    checksum: z.string(),
    bundle: z.looseObject({
      version: z.literal(1),
      id: z.string(),
      tag: z.string(),
      tags: z.array(z.string()),
      commit: z.string().nullable(),
      dirty: z.literal(true).optional(),
      createdAt: z.string(),
      key: z.string(),
      services: z.array(z.looseObject({ name: z.string(), role: z.string(), active: z.boolean() })),
      images: texts,
      imageTags: texts,
      environment: texts,
      composeFiles: z.array(z.string()).optional(),
      checks: z.array(z.unknown()).optional(),
      broken: z.looseObject({ at: z.string(), reason: z.string() }).optional(),
    }),
    contents: z.array(
      z.looseObject({
        path: z.string(),
        type: z.enum(["file", "directory", "link"]),
        mode: z.number(),
        sha256: z.string(),
      }),
    ),
  }),
);

/** The text of a bundle's document, with a checksum by which `parseDocument` knows that it is whole. Pure. */
export function formatDocument({ bundle, contents }: BundleDocument): string {
  const document = { version: 1, bundle, contents };
  return `${JSON.stringify({ ...document, checksum: checksumOf(document) }, null, 2)}\n`;
}

/** @throws SluiceError BUNDLE_INVALID */
export function parseDocument(text: string, file: string): BundleDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidBundle(`${file} is no JSON`, cause);
  }
  const parsed = documentSchema.safeParse(value);
  if (!parsed.success) {
    throw invalidBundle(`${file} does not describe a release: ${z.prettifyError(parsed.error)}`, parsed.error);
  }
  const { checksum, ...document } = value as { readonly checksum: string } & BundleDocument;
  if (checksumOf(document) !== checksum) throw invalidBundle(`${file} was changed after it was written`);
  return { bundle: document.bundle, contents: document.contents };
}

/** The error of a bundle that cannot be used, BUNDLE_INVALID, with the ways on. Pure. */
export function invalidBundle(message: string, cause?: unknown): SluiceError {
  return new SluiceError("BUNDLE_INVALID", message, {
    hint: "deploy that version again, or roll back to another release",
    cause,
  });
}

function checksumOf(document: object): string {
  return hashText(JSON.stringify(document));
}
