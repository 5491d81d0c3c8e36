import { statfs } from "node:fs/promises";
import { SluiceError, type StateFinding } from "@sluice/core";
import type { StateHome } from "@sluice/journal";
import type { Session } from "../session.ts";

/** A journal grows by some kilobytes a deployment; backups and bundles need much more. */
export const leastHomeBytes = 67_108_864;

/** Where a state home lies, and what is left there. */
export interface HomeFacts {
  readonly path: string;
  /** `f_type` of its file system. */
  readonly fileSystem: number;
  readonly freeBytes: number;
  readonly readOnly: StateHome["readOnly"];
}

export async function readHomeFacts(session: Pick<Session, "home">): Promise<HomeFacts> {
  const { path, readOnly } = await session.home();
  const { type, bavail, bsize } = await statfs(path);
  return { path, fileSystem: type, freeBytes: bavail * bsize, readOnly };
}

/** That nothing can be written down. Pure. */
export function readOnlyFindings({ readOnly }: Pick<HomeFacts, "readOnly">): readonly StateFinding[] {
  if (!readOnly) return [];
  const message = `${readOnly.message}: whatever changes something, a rollback too, is refused`;
  return [{ severity: "error", code: "home-read-only", message, hint: readOnly.hint }];
}

/** That the record of a deployment cannot be written, or may not find room. Pure. */
export function homeRoomFindings({
  path,
  freeBytes,
  readOnly,
}: Omit<HomeFacts, "fileSystem">): readonly StateFinding[] {
  if (readOnly) return readOnlyFindings({ readOnly });
  if (freeBytes >= leastHomeBytes) return [];
  return [
    {
      severity: "error",
      code: "home-disk-low",
      message: `the disk of the state home ${path} has ${mebibytes(freeBytes)} MiB free, ${mebibytes(leastHomeBytes)} MiB are wanted before a deployment`,
      hint: `df -h ${path}, and free some space`,
    },
  ];
}

/**
 * Before a deployment begins: what it does can be written down. Found out in the middle, it could neither be finished nor
 * undone with a record. Going back is not kept from anybody by this.
 *
 * @throws SluiceError PREFLIGHT_FAILED, HOME_UNUSABLE
 */
export function assertHomeRoom(facts: HomeFacts): void {
  if (facts.readOnly) throw facts.readOnly;
  const [low] = homeRoomFindings(facts);
  if (low) throw new SluiceError("PREFLIGHT_FAILED", low.message, { hint: low.hint });
}

const mebibytes = (bytes: number) => Math.floor(bytes / 1_048_576);
