import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { temporaryPrefix, writeDurably } from "@sluice/core/node";
import { entrySchema, type OutboxEntry } from "./entry.ts";

const suffix = ".json";

type EntryKey = Pick<OutboxEntry, "id" | "channel">;

/** The record on disk of what was told and what is still to be told. One process at a time may change it. */
export interface Outbox {
  /** `null` when there is none. A file that cannot be read as an entry counts as none. */
  read(id: string, channel: string): Promise<OutboxEntry | null>;
  /** Durable when it resolves. @throws SluiceError NOTIFY_FAILED */
  write(entry: OutboxEntry): Promise<void>;
  /** @throws SluiceError NOTIFY_FAILED */
  remove(entry: EntryKey): Promise<void>;
  /** All entries, oldest first. An entry that cannot be read is left out. @throws SluiceError NOTIFY_FAILED where none can */
  list(): Promise<readonly OutboxEntry[]>;
  /** Removes what a process has left that was killed while it wrote. @throws SluiceError NOTIFY_FAILED */
  sweep(): Promise<void>;
}

/**
 * An outbox in a directory of its own, which is made (0700) with the first entry. Files are 0600 and whole after a crash.
 *
 * @param directory absolute path
 */
export function createOutbox(directory: string): Outbox {
  const readOwn = async (path: string, { id, channel }: EntryKey) => {
    const entry = await readEntry(path);
    return entry?.id === id && entry.channel === channel ? entry : null;
  };
  /** No safe name holds an `@`. Before, a hyphen was between them, which both may hold: such a file is one's own only by what it says. */
  const pathOf = async (key: EntryKey) => {
    const earlier = join(directory, `${key.channel}-${safeName(key.id)}${suffix}`);
    const name = `${safeName(key.channel)}@${safeName(key.id)}${suffix}`;
    return (await readOwn(earlier, key)) ? earlier : join(directory, name);
  };
  const failed = (what: "read" | "written", cause: unknown) => {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown error";
    return new SluiceError("NOTIFY_FAILED", `the outbox ${directory} cannot be ${what} (${code})`, { cause });
  };
  const names = () =>
    readdir(directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw failed("read", error);
    });
  const removeFile = (path: string) =>
    rm(path, { force: true }).catch((error: unknown) => {
      throw failed("written", error);
    });
  return {
    read: async (id, channel) => readOwn(await pathOf({ id, channel }), { id, channel }),
    async write(entry) {
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeDurably(await pathOf(entry), `${JSON.stringify(entry)}\n`);
      } catch (cause) {
        throw failed("written", cause);
      }
    },
    remove: async (entry) => removeFile(await pathOf(entry)),
    async list() {
      const paths = (await names())
        .filter((name) => name.endsWith(suffix) && !name.startsWith(temporaryPrefix))
        .map((name) => join(directory, name));
      const entries = await Promise.all(paths.map(readEntry));
      return entries
        .filter((entry) => entry !== null)
        .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt) || a.channel.localeCompare(b.channel));
    },
    async sweep() {
      const unfinished = (await names()).filter((name) => name.startsWith(temporaryPrefix));
      await Promise.all(unfinished.map((name) => removeFile(join(directory, name))));
    },
  };
}

async function readEntry(path: string): Promise<OutboxEntry | null> {
  try {
    return entrySchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

/** Words that are safe in a file name stay as they are; others get a hash, so that two never become one. */
function safeName(word: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(word)) return word;
  return createHash("sha256").update(word).digest("hex").slice(0, 32);
}
