import { posix } from "node:path";
import { isSluiceError, SluiceError } from "@sluice/core";
import type { DatabaseDriver, DriverCall, FreshDatabase, RunningDump, ScratchDatabase } from "../driver.ts";
import type { Manifest } from "../model/manifest.ts";
import { compressFileThere, compressHere } from "../process/compressed-output.ts";
import { engineDisk, freeBytesIn } from "../process/free-bytes.ts";
import { orDispose } from "../process/or-dispose.ts";
import { assertRestorable, assertUndoable, besideFile, findBesides, isThere, readSetAside } from "./besides.ts";
import { assertIntact, takeFingerprint } from "./fingerprint-sql.ts";
import { openScratchTool, openTool, ownTool, type ToolOptions } from "./open-tool.ts";
import { openRehearsalCopy } from "./rehearsal/rehearsal-copy.ts";
import { type ExchangedFiles, type SqliteTool, withCompanions } from "./tool.ts";

export interface SqliteOptions extends ToolOptions {
  /** Path of the database in that container. */
  readonly file: string;
  /** Where the volume or directory that the file is on is mounted there; without it no migration can be rehearsed. */
  readonly volume?: string | undefined;
}

const scratchFile = "/tmp/sluice-restored.db";
const factsSql =
  "select sqlite_version(), encoding, page_count * page_size from pragma_encoding, pragma_page_count, pragma_page_size;";

/**
 * A database in a file of a volume, by SQLite's own way for backups, which lets the application go on reading and writing.
 * A backup is first a second file beside the database: it is one moment, and is counted and hashed without a lock.
 */
export function createSqliteDriver(options: SqliteOptions): DatabaseDriver {
  const { file } = options;
  const withTool = async <T>(signal: AbortSignal | undefined, use: (tool: SqliteTool) => Promise<T>): Promise<T> => {
    await using tool = await openTool(options, signal);
    return await use(tool);
  };
  return {
    kind: "sqlite",
    database: file,
    probe: ({ signal }) => withTool(signal, (tool) => probe(tool, file, signal)),
    freeBytes: ({ signal }) => withTool(signal, (tool) => tool.free(posix.dirname(file), signal)),
    scratchFreeBytes: ({ signal }) => freeBytesIn(options.exec, options.container, engineDisk, signal),
    dump: (call) => dump(options, call),
    globals: async () => null,
    fingerprint: (_like, call) =>
      withTool(call.signal, async (tool) => {
        const { sizeBytes } = await probe(tool, file, call.signal);
        await using copy = await copyBeside(tool, file, sizeBytes, call);
        return await takeFingerprint(tool, copy.path, call.signal);
      }),
    scratch: (_manifest, image, call) => scratch(options, image, call),
    rehearsalCopy: (_manifest, image, call) => openRehearsalCopy(options, image, call),
    restoreBeside: (manifest, source, call) => restoreBeside(withTool, file, manifest, source, call),
    // Who only looks, as `sluice doctor` does each half hour, starts no container: that is what others take away, and tell of as a leftover.
    async findBesides({ signal }) {
      const tool = await ownTool(options, signal);
      return tool && findBesides(tool, file, options.container, signal);
    },
    setAside: (call) => withTool(call.signal, (tool) => readSetAside(tool, file, call)),
    undoSwap: (call) =>
      withTool(call.signal, async (tool) => {
        await assertUndoable(tool, file, call);
        const [old, undone] = [besideFile(file, "old", call.backup), besideFile(file, "undone", call.backup)];
        return exchange(tool, { live: file, fresh: old, kept: undone }, call);
      }),
  };
}

type WithTool = <T>(signal: AbortSignal | undefined, use: (tool: SqliteTool) => Promise<T>) => Promise<T>;

async function probe(tool: SqliteTool, file: string, signal?: AbortSignal) {
  const [line = ""] = await tool.query(file, [factsSql], signal);
  const [version = "", encoding = "", bytes] = line.split("\t");
  return {
    server: { version, major: Number.parseInt(version, 10), preload: "" },
    database: { name: file, owner: "", encoding, collate: null, ctype: null, provider: "sqlite", locale: null },
    sizeBytes: Number(bytes),
  };
}

/** Copies are on the live volume: an application that finds no room there to write in is down. @throws SluiceError DISK_FULL */
async function assertRoom(tool: SqliteTool, file: string, bytes: number, what: string, signal?: AbortSignal) {
  const wanted = Math.ceil(bytes * 1.2);
  const free = (await tool.free(posix.dirname(file), signal)) ?? Number.POSITIVE_INFINITY;
  if (free >= wanted) return;
  throw new SluiceError("DISK_FULL", `${free} bytes are free where ${file} is, ${wanted} are wanted ${what}`, {
    hint: "nothing was written; free some space there: files that earlier restores set aside are called FILE__old_ID and FILE__undone_ID",
  });
}

/** What takes longer than a minute, and a second for each MiB, stands still. */
async function limited<T>(bytes: number, signal: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<T>) {
  const ms = 60_000 + Math.ceil(bytes / 1_048_576) * 1_000;
  const late = AbortSignal.timeout(ms);
  try {
    return await run(signal ? AbortSignal.any([signal, late]) : late);
  } catch (cause) {
    if (!late.aborted || signal?.aborted) throw cause;
    throw new SluiceError("DEADLINE_EXCEEDED", `copying ${bytes} bytes took longer than ${ms} ms`, {
      hint: "is the disk stuck, or does a process hold the database's lock?",
      cause,
    });
  }
}

/** A file with the content of one moment, on the same volume; disposing removes it. */
async function copyBeside(tool: SqliteTool, file: string, sizeBytes: number, { backup, signal }: DriverCall) {
  const path = besideFile(file, "backup", backup);
  const remove = () => tool.remove(withCompanions(path));
  await remove();
  await assertRoom(tool, file, sizeBytes, "for a copy of it beside it", signal);
  try {
    await limited(sizeBytes, signal, (until) => tool.copy(file, path, until));
  } catch (error) {
    await remove().catch(() => undefined);
    throw error;
  }
  return { path, [Symbol.asyncDispose]: remove };
}

async function dump(options: SqliteOptions, call: DriverCall): Promise<RunningDump> {
  const { exec, file } = options;
  const { signal } = call;
  return orDispose(await openTool(options, signal), async (tool) => {
    const live = await probe(tool, file, signal);
    // What dead runs left.
    await tool.remove(await tool.list(`${file}__backup_`, signal));
    return orDispose(await copyBeside(tool, file, live.sizeBytes, call), async (copy) => {
      const { container } = tool;
      const request = { container, options: { signal }, command: tool.readCommand(copy.path) };
      const running =
        (await compressFileThere(exec, container, copy.path, signal)) ?? (await compressHere(exec, request));
      return {
        live,
        bytes: running.bytes,
        rawBytes: () => running.rawBytes(),
        fingerprint: () => takeFingerprint(tool, copy.path, signal),
        async [Symbol.asyncDispose]() {
          await running[Symbol.asyncDispose]();
          await copy[Symbol.asyncDispose]();
          await tool[Symbol.asyncDispose]();
        },
      };
    });
  });
}

async function scratch(options: SqliteOptions, image: string, { signal }: DriverCall): Promise<ScratchDatabase> {
  return orDispose(await openScratchTool(options, image, signal), async (tool) => {
    const [version = ""] = await tool.query(":memory:", ["select sqlite_version();"], signal);
    let unchecked: readonly string[] = [];
    return {
      server: { version, major: Number.parseInt(version, 10), preload: "" },
      async restore(source) {
        await tool.write(scratchFile, source.dump, signal);
        unchecked = await assertIntact(tool, scratchFile, signal);
      },
      get notTested() {
        return unchecked;
      },
      fingerprint: () => takeFingerprint(tool, scratchFile, signal),
      [Symbol.asyncDispose]: () => tool[Symbol.asyncDispose](),
    };
  });
}

async function restoreBeside(
  withTool: WithTool,
  file: string,
  manifest: Pick<Manifest, "rawBytes" | "bytes">,
  source: AsyncIterable<Uint8Array>,
  call: DriverCall,
): Promise<FreshDatabase> {
  const { backup, signal } = call;
  const [name, old] = [besideFile(file, "restore", backup), besideFile(file, "old", backup)];
  let isUndecided = false;
  const drop = () =>
    withTool(undefined, async (tool) => {
      // An exchange that may go on would find an empty database in its place.
      if (!isUndecided && !(await isThere(tool, old))) await tool.remove(withCompanions(name));
    });
  await withTool(signal, async (tool) => {
    await assertRestorable(tool, file, call);
    await tool.remove(withCompanions(name));
    const { sizeBytes } = await probe(tool, file, signal);
    const restored = manifest.rawBytes ?? Math.max(sizeBytes, manifest.bytes);
    const bytes = restored + exchangeBytes(sizeBytes, restored);
    await assertRoom(tool, file, bytes, "to restore beside it and to keep what it holds", signal);
    try {
      await tool.write(name, source, signal);
      await assertIntact(tool, name, signal);
    } catch (error) {
      await tool.remove(withCompanions(name));
      throw error;
    }
  });
  return {
    name,
    drop,
    fingerprint: () => withTool(signal, (tool) => takeFingerprint(tool, name, signal)),
    // Under no signal: the application waits for it.
    async swap() {
      try {
        return await withTool(undefined, (tool) => exchange(tool, { live: file, fresh: name, kept: old }, call));
      } catch (error) {
        isUndecided = isSluiceError(error) && error.undecided;
        throw error;
      }
    },
  };
}

/** What an exchange writes: what is kept, the journal or the WAL, and what the file grows by. */
function exchangeBytes(live: number, fresh: number): number {
  return live + Math.max(live, fresh) + Math.max(0, fresh - live);
}

/** Of a process whose end nobody saw, or that was killed in the middle of what it did. */
function mayGoOn(cause: unknown): boolean {
  return isSluiceError(cause) && (cause.code === "EXEC_FAILED" || cause.code === "DEADLINE_EXCEEDED");
}

/**
 * Puts the content of `fresh` into the live file, in one transaction, and keeps what was there. The file itself is not replaced:
 * whoever has it open, as the application does, would go on writing to the one that is gone. Under no signal: the application
 * waits for it.
 */
async function exchange(
  tool: SqliteTool,
  { live, fresh, kept }: Omit<ExchangedFiles, "half">,
  { onFinding }: DriverCall,
): Promise<string> {
  const half = `${kept}.part`;
  await tool.remove(withCompanions(half));
  const [before, after] = [(await probe(tool, live)).sizeBytes, (await probe(tool, fresh)).sizeBytes];
  const bytes = exchangeBytes(before, after);
  await assertRoom(tool, live, bytes, "to keep what it holds and to exchange it");
  let isWhole: boolean;
  try {
    isWhole = await limited(bytes, undefined, (signal) => tool.exchange({ live, fresh, half, kept }, signal));
  } catch (cause) {
    const failed = `the content could not be exchanged: ${(cause as Error).message}`;
    // Not the tool's own words: it may go on, and what it then writes over is nowhere else.
    if (mayGoOn(cause)) {
      throw new SluiceError("RESTORE_FAILED", failed, {
        hint: `it may have been, or be exchanged yet: look at the database once nothing works on it. What it held is kept as ${kept}, if that is there: do not remove that before`,
        undecided: true,
        cause,
      });
    }
    // The next one finds it; what failed is to be heard.
    await tool.remove([kept, ...withCompanions(half)]).catch(() => undefined);
    throw new SluiceError("RESTORE_FAILED", failed, {
      hint: "the database is what it was; does a process hold a transaction open in it?",
      cause,
    });
  }
  if (!isWhole) {
    onFinding?.({
      severity: "warn",
      code: "written-in-between",
      message: `something was written to ${live} in the moment between the copy of what it held and the exchange: that is in neither`,
      hint: "whoever wrote in that moment may have to do it again; sqlite3 has to let go for that moment where the journal is a WAL, python3 and node do not",
    });
  }
  // It is done, also where its container ends now.
  await tool.remove(withCompanions(fresh)).catch(() =>
    onFinding?.({
      severity: "warn",
      code: "restore-left",
      message: `the content is exchanged, and ${fresh}, which nobody needs any more, could not be removed`,
      hint: `remove ${fresh}: as long as it is there, the exchange counts as cut off`,
    }),
  );
  return kept;
}
