import { statfs } from "node:fs/promises";
import { SluiceError } from "@sluice/core";

/** As `statfs` says it. */
export interface DiskRoom {
  readonly bsize: number;
  readonly blocks: number;
  readonly bavail: number;
}

const mostReserveBytes = 1024 ** 3;

/** What backups leave free for whoever else writes to a file system: a GiB, and a twentieth of a small one. Pure. */
export function reserveBytes({ bsize, blocks }: DiskRoom): number {
  return Math.min(mostReserveBytes, Math.floor((blocks * bsize) / 20));
}

/** @throws SluiceError DISK_FULL where less than the reserve is free */
export async function assertReserve(
  directory: string,
  roomOf: (path: string) => Promise<DiskRoom> = statfs,
): Promise<void> {
  const room = await roomOf(directory);
  const [free, reserve] = [room.bavail * room.bsize, reserveBytes(room)];
  if (free >= reserve) return;
  throw new SluiceError(
    "DISK_FULL",
    `${free} bytes are left where ${directory} is, and ${reserve} stay free for whoever else writes there`,
    { hint: "free some space there, or keep fewer backups (database.keep, sluice db prune)", retryable: true },
  );
}
