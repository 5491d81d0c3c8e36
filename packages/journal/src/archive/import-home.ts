import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { SluiceError } from "@sluice/core";
import { writeDurably } from "@sluice/core/node";
import { describeHome, type HomeDescription } from "../home/home-description.ts";
import { homeError } from "../home/home-error.ts";
import type { LeftBackups } from "./left-backups.ts";
import { placeHome } from "./place-home.ts";
import { refused, unpack } from "./unpack.ts";
import type { VacateOptions } from "./vacate-home.ts";

export interface ImportOptions extends VacateOptions {
  /** The stack that the archive must be of. */
  readonly stack: string;
  /** Asked when the archive is known to be whole and before anything is changed; what it throws is the refusal. */
  readonly accept?: ((archived: HomeDescription) => Promise<void> | void) | undefined;
}

export interface ImportedHome {
  readonly id: string;
  /** Id of the home that was exported. */
  readonly from: string;
  /** Where the home that was in its place is now; `null` where there was none that held anything. */
  readonly replaced: string | null;
  /** The backups that went aside with it; `null` where there are none. */
  readonly replacedBackups: LeftBackups | null;
  /** Ids of the releases that the home that was in its place held and the archive does not. */
  readonly keptReleases: readonly string[];
  /** Backups that the exported home held and the archive does not, where they were then; `null` where there are none. */
  readonly leftBackups: LeftBackups | null;
}

/**
 * Makes a state home from an archive of `exportHome`: all of it or nothing, and only where the archive is whole. It gets
 * an id of its own, so that it and the home it came from are not taken for one. A home that is in its place is dealt with
 * as by `vacateHome`.
 *
 * @param dir absolute path
 * @throws SluiceError HOME_UNUSABLE, HOME_MISMATCH when it is of another stack, JOURNAL_NEWER, LOCK_HELD, DISK_FULL
 */
export async function importHome(dir: string, archive: Readable, options: ImportOptions): Promise<ImportedHome> {
  const { stack, accept, signal } = options;
  const fill = async (directory: string) => {
    const { leftBackups } = await unpack(archive, directory, signal);
    const archived = await readDescription(directory);
    assertStack(archived, stack);
    await accept?.(archived);
    const id = randomUUID();
    await writeDescription(directory, { ...archived, id });
    return { id, from: archived.id, leftBackups };
  };
  try {
    const { made, ...placed } = await placeHome(dir, fill, options);
    return { ...made, ...placed };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (isArchiveError(error)) throw refused(error.message);
    throw homeError(error, dir, "the state home cannot be imported:");
  }
}

async function readDescription(dir: string): Promise<HomeDescription> {
  const text = await readFile(join(dir, "home.json"), "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    throw refused("it holds no home.json");
  });
  return describeHome(text, "home.json");
}

async function writeDescription(dir: string, description: HomeDescription): Promise<void> {
  await writeDurably(join(dir, "home.json"), `${JSON.stringify(description, null, 2)}\n`);
}

function assertStack(archived: HomeDescription, stack: string): void {
  if (archived.stack === stack) return;
  throw new SluiceError("HOME_MISMATCH", `the archive holds the state of stack ${archived.stack}, not of ${stack}`, {
    hint: `use -p ${archived.stack}`,
  });
}

/** The reader of archives knows no error codes. */
function isArchiveError(error: unknown): error is Error {
  return error instanceof Error && !("code" in error);
}
