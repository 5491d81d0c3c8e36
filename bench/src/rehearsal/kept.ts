import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Tried } from "./try-migration.ts";

/** What pieces of one run have found so far, so that it need not be done in one go. */
export interface Kept {
  /** Of all that the result rests on; another corpus or image begins anew. */
  readonly of: string;
  readonly tried: readonly Tried[];
  /** How long a second copy took, by server, the longest of the pieces; milliseconds. */
  readonly cloneMs: Readonly<Record<string, number>>;
}

/** Where a run keeps its pieces: one of a part of the corpus apart, as it must not cost a long run of all of it what that has so far. */
export function keptFileOf(directory: string, only: string): string {
  const part = only === "" ? "" : `.${createHash("sha256").update(only).digest("hex").slice(0, 12)}`;
  return join(directory, `rehearsal${part}.kept.json`);
}

/** What earlier pieces kept of the same corpus; nothing where there is none, or it was of another one. */
export async function readKept(file: string, of: string): Promise<Kept> {
  const nothing: Kept = { of, tried: [], cloneMs: {} };
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return nothing;
  const kept = JSON.parse(text) as Kept;
  return kept.of === of ? kept : nothing;
}

export async function writeKept(file: string, kept: Kept): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.part`, JSON.stringify(kept));
  await rename(`${file}.part`, file);
}
