import { randomBytes } from "node:crypto";
import { type FileHandle, open, stat, statfs, truncate } from "node:fs/promises";
import type { StateHome } from "../home/state-home.ts";
import { journalFiles } from "./journal-files.ts";

/** What a way back and its undo append, several times over. */
const reserveBytes = 262_144;
/** Whoever else writes to a full disk takes what is given back: never all of it at once. */
const partBytes = 32_768;
/** It never fills a disk, not even for an instant: others write there, too. What a quota leaves is not told. */
const leastRoomBytes = 4 * reserveBytes;

/** As `statfs` says it. */
interface DiskRoom {
  readonly bsize: number;
  readonly bavail: number;
}

/**
 * Keeps room on the disk for records of a way back: what cannot be written down is not done, and users are to be led back on a full
 * disk, too. Where there is little room now, or it may not be written, there is none.
 */
export async function keepReserve(home: string, roomOf: (path: string) => Promise<DiskRoom> = statfs): Promise<void> {
  const path = journalFiles(home).reserve;
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size >= reserveBytes) return;
  try {
    const { bavail, bsize } = await roomOf(home);
    if (bavail * bsize < leastRoomBytes) return;
    await using file = await open(path, "a", 0o600);
    await fill(file, size);
  } catch {
    // Commands that need it say that the disk is full.
  }
}

/** Nothing that a file system could keep in less room. What did not fit whole leaves the rest of the disk to others. */
async function fill(file: FileHandle, size: number): Promise<void> {
  try {
    await file.appendFile(randomBytes(reserveBytes - size));
    await file.datasync();
  } catch (error) {
    await file.truncate(size);
    throw error;
  }
}

/**
 * As {@link spendReserve}, for a deployment or a way back alone, which have the home's lock as such. Whatever else needs the
 * room, a full disk keeps nobody from a way back.
 *
 * @param by what is to be written: the records, or by default anything else, which leaves half of it to them
 */
export async function makeRoom(
  home: Pick<StateHome, "path"> & Partial<Pick<StateHome, "deploying">>,
  by: "records" | "others" = "others",
): Promise<boolean> {
  const leastBytes = by === "records" ? 0 : reserveBytes / 2;
  return (home.deploying?.size ?? 0) > 0 && (await spendReserve(home.path, leastBytes).catch(() => false));
}

/** Gives a part of it back to the disk. Resolves `false` where no more than `leastBytes` are left of it. */
export async function spendReserve(home: string, leastBytes = 0): Promise<boolean> {
  const path = journalFiles(home).reserve;
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size <= leastBytes) return false;
  await truncate(path, Math.max(0, size - partBytes));
  return true;
}
