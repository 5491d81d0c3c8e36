import { createHash } from "node:crypto";
import type { LeftBackups } from "./left-backups.ts";

/** Name of the last entry. The format itself does not tell an archive that was cut between two entries from a whole one. */
export const endName = "end.json";
/** Bytes of the last entry at most: what is longer is something else. */
export const longestEnd = 1_048_576;

/** Content of the last entry. */
export interface ArchiveEnd {
  /** Over all entries before it, in order, as `createDigest` has it. */
  readonly sha256: string;
  /** Names of what was removed while it was written: what is here of it is not whole. */
  readonly gone: readonly string[];
  /** Backups that are not in the archive; `null` where there were none, or they are in it. */
  readonly leftBackups: LeftBackups | null;
}

/** What of an entry's header counts. */
export interface DigestedHeader {
  readonly name: string;
  readonly type?: string | null | undefined;
  readonly size?: number | undefined;
  readonly linkname?: string | null | undefined;
}

/** A hash over names, kinds, sizes, targets of links and contents of entries, in constant memory. */
export interface ArchiveDigest {
  /** An entry begins. */
  begin(header: DigestedHeader): void;
  /** Its content, passed through. @param chunks bytes, which the reader of archives does not declare */
  content(chunks: AsyncIterable<unknown>): AsyncGenerator<Uint8Array>;
  /** Of all entries so far; hexadecimal SHA-256. */
  sha256(): string;
}

export function createDigest(): ArchiveDigest {
  const hash = createHash("sha256");
  return {
    begin({ name, type, size = 0, linkname }) {
      hash.update(`${JSON.stringify([name, type ?? "file", size, linkname ?? null])}\n`);
    },
    async *content(chunks) {
      for await (const chunk of chunks as AsyncIterable<Uint8Array>) {
        hash.update(chunk);
        yield chunk;
      }
    },
    sha256: () => hash.copy().digest("hex"),
  };
}

/** `null` for what is no end of an archive. */
export function parseEnd(text: string): ArchiveEnd | null {
  const { sha256, gone, leftBackups } = parse(text);
  const areNames = Array.isArray(gone) && gone.every((name) => typeof name === "string");
  if (typeof sha256 !== "string" || !areNames) return null;
  return { sha256, gone, leftBackups: parseLeft(leftBackups) };
}

function parseLeft(value: unknown): LeftBackups | null {
  const { count, directory } = (value ?? {}) as Partial<LeftBackups>;
  return typeof count === "number" && typeof directory === "string" ? { count, directory } : null;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
