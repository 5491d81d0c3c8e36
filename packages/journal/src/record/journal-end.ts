import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { readHead } from "./head.ts";
import type { journalFiles } from "./journal-files.ts";
import { linesBackwards } from "./lines.ts";
import { type ChainEnd, firstPrevious, parseRecord } from "./record.ts";

/**
 * Where the next record is chained to, after a torn last line was put aside.
 *
 * When the head knows of more than the journal has, records were removed from its end. The chain goes on from the head
 * then, so that the gap stays visible for ever instead of being closed by the next record.
 */
export async function findEnd(file: FileHandle, files: ReturnType<typeof journalFiles>): Promise<ChainEnd> {
  await putTornAside(file, files.torn);
  const [last, head] = [await lastRecord(file, files.journal), await readHead(files.head)];
  if (head && head.seq >= (last?.seq ?? 0)) return head;
  return last ?? { seq: 0, hash: firstPrevious };
}

async function lastRecord(file: FileHandle, path: string): Promise<ChainEnd | null> {
  for await (const { text } of linesBackwards(file)) {
    return parseRecord(text, path, null);
  }
  return null;
}

/** What a crash left of a record that nobody was told is durable. It is kept, as everything that was ever written. */
async function putTornAside(file: FileHandle, tornPath: string): Promise<void> {
  for await (const { complete, start } of linesBackwards(file)) {
    if (complete) return;
    const { size } = await file.stat();
    const bytes = Buffer.alloc(size - start);
    await file.read(bytes, 0, bytes.length, start);
    await using torn = await open(tornPath, "a", 0o600);
    await torn.appendFile(bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, Buffer.from("\n")]));
    await torn.sync();
    await file.truncate(start);
    await file.sync();
    return;
  }
}
