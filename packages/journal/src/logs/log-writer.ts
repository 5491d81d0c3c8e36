import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { type LogOrigin, type OutputLine, SluiceError } from "@sluice/core";
import { temporaryPrefix } from "@sluice/core/node";

export interface LogWriter extends Disposable {
  /** @throws SluiceError DISK_FULL; what else the file system says */
  write(line: Pick<OutputLine, "stream" | "text">): void;
  /** What was written is not all there was: something older was left out. */
  markCut(): void;
}

/** A log that is written anew beside the one that may be there. Disposed of before it is placed, it leaves nothing. */
export interface LogReplacement extends LogWriter {
  /** Puts it in the place of the one before, at once. Nothing can be written after it. */
  place(): void;
}

/** What logs may take. All in bytes. */
export interface LogRoom {
  /** What is kept of one log at most. Half of it at least is kept of what is longer. */
  readonly ofOne: number;
  /** What all logs of a directory may take together. */
  readonly ofDirectory: number;
  /** What stays free on the disk. */
  readonly free: number;
}

/** The part before: what is older than that is gone. */
export const olderPart = (path: string): string => `${path}.1`;

/** The first line of a part begins with whether something came before it, which may be known only later. */
const [uncut, cut] = ['{"cut":0', '{"cut":1'];

/**
 * Writes a log, after what is there of it, of which only the newest part is kept: one JSON object a line, in two files that take
 * turns, so that neither memory nor the disk holds more of it, and a crash costs no more than the line it tears. Each line is written
 * at once: what came faster than the disk takes it would have to wait in memory. Room is looked at once a part.
 *
 * @throws SluiceError DISK_FULL where there is no room; what else the file system says
 */
export function openLog(path: string, { container, service, place }: LogOrigin, room: LogRoom): LogWriter {
  const head = `${uncut}${JSON.stringify({ container, service, place }).replace("{", ",")}\n`;
  const open = () => openSync(path, "a", 0o600);
  makeDirectory(dirname(path));
  assertRoom(dirname(path), room);
  let file = open();
  let bytes = fstatSync(file).size;
  const close = () => {
    const closed = file;
    // Its number may be somebody else's file from here on.
    file = -1;
    if (closed !== -1) closeSync(closed);
  };
  const put = (text: string) => {
    try {
      bytes += writeSync(file, text);
    } catch (error) {
      close();
      throw error;
    }
  };
  const turn = () => {
    assertRoom(dirname(path), room);
    if (existsSync(olderPart(path))) markFirst(path, cut);
    renameSync(path, olderPart(path));
    close();
    file = open();
    bytes = 0;
    put(head);
  };
  if (bytes === 0) put(head);
  return {
    write({ stream, text }) {
      const line = `${escaped(JSON.stringify({ stream, text }))}\n`;
      if (bytes + Buffer.byteLength(line) > room.ofOne / 2) turn();
      put(line);
    },
    markCut: () => markFirst(existsSync(olderPart(path)) ? olderPart(path) : path, cut),
    [Symbol.dispose]: close,
  };
}

/** Writes a log anew; see `openLog`. What is there stays until the new one is placed. @throws as `openLog` */
export function replaceLog(path: string, origin: LogOrigin, room: LogRoom): LogReplacement {
  const temporary = join(dirname(path), `${temporaryPrefix}${basename(path)}`);
  const removeParts = (of: string) => {
    for (const part of [of, olderPart(of)]) rmSync(part, { force: true });
  };
  // A run that was killed left it.
  removeParts(temporary);
  const writer = openLog(temporary, origin, room);
  return {
    ...writer,
    place() {
      writer[Symbol.dispose]();
      removeParts(path);
      // The name by which it is found comes last.
      if (existsSync(olderPart(temporary))) renameSync(olderPart(temporary), olderPart(path));
      renameSync(temporary, path);
    },
    [Symbol.dispose]() {
      writer[Symbol.dispose]();
      removeParts(temporary);
    },
  };
}

/** Not the home, which may be taken away in this moment: parts alone would be no home. */
function makeDirectory(path: string): void {
  for (const part of [dirname(path), path]) {
    try {
      mkdirSync(part, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** The next part has room: the database of what serves may be on the same disk, and so is the record of the way back. */
function assertRoom(directory: string, { ofOne, ofDirectory, free }: LogRoom): void {
  const { bavail, bsize } = statfsSync(directory);
  const part = ofOne / 2;
  if (bavail * bsize < free + part) {
    throw new SluiceError("DISK_FULL", `the disk of the state home has ${mebibytes(bavail * bsize)} MiB free`, {
      hint: "df -h, and free some space",
    });
  }
  const taken = readdirSync(directory).map((name) => statSync(join(directory, name), { throwIfNoEntry: false })?.size);
  if (taken.reduce<number>((sum, size = 0) => sum + size, 0) + part > ofDirectory) {
    const message = `the logs of one deployment may take ${mebibytes(ofDirectory)} MiB`;
    throw new SluiceError("DISK_FULL", message, {
      hint: "what is kept of it is there; the rest is no longer to be had",
    });
  }
}

const mebibytes = (bytes: number) => Math.floor(bytes / 1_048_576);

/** Readers of lines end one at these, too. */
function escaped(json: string): string {
  return json.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

function markFirst(path: string, mark: string): void {
  const file = openSync(path, "r+");
  try {
    writeSync(file, mark, 0);
  } finally {
    closeSync(file);
  }
}
