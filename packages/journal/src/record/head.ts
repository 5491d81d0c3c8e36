import { readFile } from "node:fs/promises";
import { writeDurably } from "@sluice/core/node";
import type { ChainEnd } from "./record.ts";

/**
 * The end of the chain as it was last written, beside the journal: without it, nobody would miss a last record that was
 * removed. `null` when there is none or it cannot be read as one.
 */
export async function readHead(path: string): Promise<ChainEnd | null> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "null";
    throw error;
  });
  try {
    const value = JSON.parse(text) as Partial<ChainEnd> | null;
    if (Number.isSafeInteger(value?.seq) && typeof value?.hash === "string") return value as ChainEnd;
  } catch {
    // Reported by the audit as a head that is missing.
  }
  return null;
}

export function writeHead(path: string, { seq, hash }: ChainEnd): Promise<void> {
  return writeDurably(path, `${JSON.stringify({ seq, hash })}\n`);
}
