import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { LogOrigin, OutputLine } from "@sluice/core";
import { olderPart } from "./log-writer.ts";

export type KeptLine = Pick<OutputLine, "stream" | "text">;

export interface KeptLog {
  readonly origin: LogOrigin;
  /** Something older than its first line is left out. */
  readonly isCut: boolean;
  lines(): AsyncIterable<KeptLine>;
}

interface Head extends LogOrigin {
  readonly cut: 0 | 1;
}

/** A log as `openLog` has written it; `null` where nothing of it can be read. */
export async function readLog(path: string): Promise<KeptLog | null> {
  const parts = [olderPart(path), path].filter((part) => existsSync(part));
  for await (const head of parts.length > 0 ? objectsOf<Head>(parts[0] ?? "") : []) {
    const { cut, container, service, place } = head;
    return { origin: { container, service, place }, isCut: cut === 1, lines: () => linesOf(parts) };
  }
  return null;
}

async function* linesOf(parts: readonly string[]): AsyncGenerator<KeptLine> {
  for (const part of parts) {
    for await (const line of objectsOf<KeptLine | Head>(part)) if ("text" in line) yield line;
  }
}

/** What a crash has torn is left out, and what is removed meanwhile. */
async function* objectsOf<T>(path: string): AsyncGenerator<T> {
  const source = createReadStream(path, "utf8");
  try {
    for await (const line of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
      const parsed = parse<T>(line);
      if (parsed !== null) yield parsed;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    source.destroy();
  }
}

function parse<T>(line: string): T | null {
  try {
    return JSON.parse(line) as T;
  } catch {
    return null;
  }
}
