import { isUtf8 } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";

/** One line of a file without its end. */
export interface Line {
  readonly text: string;
  /** The line is complete: it ends in a line feed, and no block of it was lost. */
  readonly complete: boolean;
  /** Where it begins in the file, bytes. */
  readonly start: number;
}

export interface NumberedLine extends Line {
  /** From 1. */
  readonly number: number;
}

export interface LineFromEnd extends Line {
  readonly isLast: boolean;
}

/** Whether a line that is complete is to be passed over; given its bytes, which it must not keep. */
export type SkipLine = (bytes: Buffer) => boolean;

const chunkBytes = 64 * 1024;
const lineFeed = 0x0a;

/** Lines from the first to the last; nothing for a file that is not there. */
export async function* readLines(path: string, skip?: SkipLine): AsyncGenerator<NumberedLine> {
  await using file = await openExisting(path);
  if (!file) return;
  const buffer = Buffer.alloc(chunkBytes);
  let rest = Buffer.alloc(0);
  let start = 0;
  let number = 0;
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let begin = 0;
    for (let end = data.indexOf(lineFeed); end >= 0; end = data.indexOf(lineFeed, begin)) {
      const bytes = data.subarray(begin, end);
      number += 1;
      if (!skip?.(bytes)) yield { ...toLine(bytes, true, start), number };
      start += end + 1 - begin;
      begin = end + 1;
    }
    rest = data.subarray(begin);
  }
  if (rest.length > 0) yield { ...toLine(rest, false, start), number: number + 1 };
}

/** Lines from the last to the first, reading only as far back as the caller goes. */
export async function* readLinesBackwards(path: string, skip?: SkipLine): AsyncGenerator<LineFromEnd> {
  await using file = await openExisting(path);
  if (file) yield* linesBackwards(file, skip);
}

/** As `readLinesBackwards`, of a file that is open. */
export async function* linesBackwards(file: FileHandle, skip?: SkipLine): AsyncGenerator<LineFromEnd> {
  let position = (await file.stat()).size;
  let isComplete = false;
  let isLast = true;
  let tail = Buffer.alloc(0);
  while (position > 0) {
    const length = Math.min(chunkBytes, position);
    position -= length;
    const chunk = Buffer.alloc(length);
    await readFully(file, chunk, position);
    let data = Buffer.concat([chunk, tail]);
    for (let feed = data.lastIndexOf(lineFeed); feed >= 0; feed = data.lastIndexOf(lineFeed)) {
      const isLastByte = feed === data.length - 1;
      if (!(isLastByte && !isComplete)) {
        const bytes = data.subarray(feed + 1);
        if (!(isComplete && skip?.(bytes))) yield { ...toLine(bytes, isComplete, position + feed + 1), isLast };
        isLast = false;
      }
      isComplete = true;
      data = data.subarray(0, feed);
    }
    tail = data;
  }
  if ((tail.length > 0 || isComplete) && !(isComplete && skip?.(tail)))
    yield { ...toLine(tail, isComplete, 0), isLast };
}

/**
 * The size of a file can grow before all of its blocks are written: what a crash left out reads as zeros. Bytes that are
 * no text become no text, so that no replacement character stands for them.
 */
function toLine(bytes: Buffer, endsInFeed: boolean, start: number): Line {
  return { text: isUtf8(bytes) ? bytes.toString("utf8") : "", complete: endsInFeed && !bytes.includes(0), start };
}

async function readFully(file: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error("the file became shorter while it was read");
    done += bytesRead;
  }
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
