import { SluiceError } from "@sluice/core";
import * as z from "zod";
import { fingerprintSchema } from "./fingerprint.ts";
import { once } from "./parse-once.ts";
import { verificationLevels } from "./verification.ts";

const bytes = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits");

/** A file of a backup as it lies in the store. */
const partSchema = z.lazy(() => z.strictObject({ sha256, bytes }));

/** What Sluice can back up by itself. */
const databaseKinds = ["postgres", "mysql", "mariadb", "sqlite", "command"] as const;

export const databaseFactsSchema = z.lazy(() =>
  z.strictObject({
    name: z.string().min(1),
    owner: z.string(),
    encoding: z.string(),
    /** `null` where the provider of the locale has no use for it. */
    collate: z.string().nullable(),
    ctype: z.string().nullable(),
    /** Of PostgreSQL's locales: `c` libc, `i` ICU, `b` built in; else the kind of the database. */
    provider: z.string(),
    /** Locale of a provider other than libc. */
    locale: z.string().nullable(),
    /** What the database adds to the collation of an ICU locale. Absent where it adds nothing. */
    icuRules: z.string().optional(),
  }),
);

const manifestSchema = z.lazy(() =>
  z.strictObject({
    v: z.literal(1),
    id: z.string().regex(/^\d{8}T\d{6}Z-[a-z0-9]{4,16}$/, "expected YYYYMMDDTHHMMSSZ-xxxxxxxx"),
    /** Grows by one with each backup of a store, whatever clocks say. */
    seq: z.int().min(1),
    /** ISO 8601, UTC: the moment of the snapshot, after which writes are not in it. */
    at: z.iso.datetime(),
    kind: z.enum(databaseKinds),
    /** The stack that it is of: several may share a place. Absent where nobody said, which counts for whoever asks. */
    stack: z.string().min(1).optional(),
    /** Id of the state home that it was taken from: stacks of two machines may have one name. Absent where nobody said, which counts for whoever asks. */
    home: z.string().min(1).optional(),
    /** The service of the project that was backed up. */
    service: z.string().min(1),
    /** Id of the release whose data it is; `null` where none was live. */
    release: z.string().nullable(),
    database: databaseFactsSchema,
    server: z.strictObject({
      version: z.string().min(1),
      major: z.int().min(1),
      /** What it is told at its start, and a server that restores the backup must be told too: libraries, or options. */
      preload: z.string(),
      /** So many locks it has room for, where that is a setting: a server that restores the backup may need as many. Older versions did not ask. */
      locks: z.int().min(1).optional(),
    }),
    /** Id of the image that the server ran: the one to restore in. */
    image: z.string().min(1),
    /** What was stored, after compression and encryption. */
    sha256,
    bytes,
    /** Before compression; `null` where it was compressed beside the server and not looked into since. */
    rawBytes: bytes.nullable(),
    /** What the database took on its server's disk, indexes included. Absent in manifests of versions that did not ask. */
    sizeBytes: bytes.optional(),
    /** `none` where the store compresses by itself. */
    compression: z.enum(["zstd", "none"]),
    cipher: z.strictObject({ alg: z.literal("age"), recipient: z.string() }).nullable(),
    /** Roles of the server, without passwords; `null` where the user may not read them. */
    globals: partSchema.nullable(),
    fingerprint: fingerprintSchema.nullable(),
    /** For people: what was, or may have been, in the database and is not in the dump. Absent where nothing is known to lack. */
    lacking: z.array(z.string()).optional(),
    verified: z
      .array(
        z.strictObject({
          level: z.enum(verificationLevels),
          at: z.iso.datetime(),
          /** Milliseconds that a server took to restore it; 0 for levels below `restored`. */
          restoreMs: z.number().min(0),
          /** For people: what this level did not look at. */
          notTested: z.array(z.string()),
        }),
      )
      .min(1),
    /** The last verification failed; such a backup counts as none. */
    failed: z.strictObject({ at: z.iso.datetime(), code: z.string(), message: z.string() }).optional(),
  }),
);

/** What a backup says of itself. It is written last: a backup without one is not there. Holds no secret. */
export type Manifest = z.output<typeof manifestSchema>;
export type DatabaseFacts = z.output<typeof databaseFactsSchema>;
export type Verification = Manifest["verified"][number];

/**
 * Parses the text of a manifest.
 *
 * @param file for messages
 * @throws SluiceError BACKUP_INVALID, naming the field and what would be right
 */
export function parseManifest(text: string, file: string): Manifest {
  const value = parseJson(text, file);
  const version = (value as { v?: unknown } | null)?.v;
  if (typeof version === "number" && version > 1) {
    throw invalid(
      file,
      `was written by a newer Sluice (version ${version})`,
      "use that version of Sluice, or a newer one",
    );
  }
  const parsed = manifestSchema.safeParse(value, once);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "the whole";
  throw invalid(file, `is no manifest of a backup: ${where}: ${issue?.message ?? "not what was expected"}`);
}

export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifestSchema.parse(manifest, once), null, 2)}\n`;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(file, `is no JSON: ${(cause as Error).message}`);
  }
}

function invalid(
  file: string,
  why: string,
  hint = "the backup beside it is not used; take a new one: sluice db backup",
) {
  return new SluiceError("BACKUP_INVALID", `${file} ${why}`, { hint, position: { file } });
}
