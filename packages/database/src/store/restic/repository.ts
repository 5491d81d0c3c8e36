import { type Clock, isSluiceError, SluiceError } from "@sluice/core";
import { lettingGo } from "../../process/letting-go.ts";
import { placeOf, type ResticLocation, resticEnvironment } from "./environment.ts";
import { createReplay, type Replay } from "./replay.ts";
import { resticError } from "./restic-error.ts";
import { type ResticResult, runRestic, streamRestic } from "./run-restic.ts";
import { fileNameOf, type NewSnapshot, parseSnapshots, type Snapshot, tagsOf, tagsOfSet } from "./snapshot.ts";
import type { ResticCall } from "./start-restic.ts";

/**
 * What a store of backups needs of a repository of restic. Errors are those of {@link resticError}; a signal that aborts ends the
 * restic that runs, and its reason is thrown when that has ended.
 */
export interface Repository {
  /** For messages. */
  readonly place: string;
  /** Whether it compresses what it stores, as those of version 2 do. The first thing to ask: it needs a lock, as writing does. */
  compresses(signal?: AbortSignal): Promise<boolean>;
  /** Those of the set. */
  snapshots(signal?: AbortSignal): Promise<readonly Snapshot[]>;
  /** Resolves when restic has said that the snapshot is there. Nothing is saved of a source that is empty, or fails. */
  save(snapshot: NewSnapshot, source: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
  text(snapshot: Snapshot, signal?: AbortSignal): Promise<string>;
  read(snapshot: Snapshot, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Exactly these; their data stays until `compact`. @throws SluiceError LOCK_HELD as long as anybody else uses the repository */
  forget(snapshots: readonly Snapshot[], options?: Omit<Patience, "canRetry">): Promise<void>;
  /**
   * Gives back room: what nothing refers to any more, and at most 1 GiB of what has to be written anew for that. Resolves with how much
   * that was, as restic writes it: `0 B`; `null` where it did not say. @throws SluiceError LOCK_HELD as `forget`
   */
  compact(options?: CompactOptions): Promise<string | null>;
}

export interface RepositoryOptions extends ResticLocation {
  /** Of the backups: one repository holds several, and other snapshots too. */
  readonly set: string;
  /** Milliseconds; default two minutes. */
  readonly lockWaitMs?: number | undefined;
  /** Milliseconds within which the repository has to answer what takes a second where it can be reached; default a minute. */
  readonly answerMs?: number | undefined;
}

interface Patience {
  readonly waitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly canRetry?: (() => boolean) | undefined;
}

export interface CompactOptions extends Omit<Patience, "canRetry"> {
  /** Changes nothing, and resolves with what would come back. */
  readonly dryRun?: boolean;
}

export function openRepository(options: RepositoryOptions, clock: Clock): Repository {
  const { set, lockWaitMs = 120_000, answerMs = 60_000 } = options;
  const place = placeOf(options);
  const call = (args: readonly string[], more: Omit<ResticCall, "args" | "env"> = {}): ResticCall => ({
    args,
    env: resticEnvironment(options),
    ...more,
  });

  /** A lock is waited for; those of processes that are dead by restic's own rules are removed. */
  async function patiently<T>(
    run: () => Promise<T>,
    { waitMs = lockWaitMs, signal, canRetry }: Patience = {},
  ): Promise<T> {
    const until = clock.monotonicMs() + waitMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await run();
      } catch (error) {
        const isOver = attempt > 0 && clock.monotonicMs() >= until;
        if (!isLocked(error) || isOver || canRetry?.() === false) throw error;
      }
      await runRestic(call(["unlock", "--quiet"], { timeoutMs: answerMs, signal }));
      if (attempt > 0) await clock.sleep(Math.min(500 * attempt, 5_000), signal);
    }
  }

  async function succeed(what: string, one: ResticCall, source?: AsyncIterable<Uint8Array>): Promise<ResticResult> {
    const result = await runRestic(one, source);
    if (result.exitCode !== 0) throw resticError(result, `${what} ${place}`);
    return result;
  }

  async function saveOnce(snapshot: NewSnapshot, replay: Replay, signal: AbortSignal | undefined): Promise<void> {
    const name = fileNameOf(snapshot);
    const tags = tagsOf(set, snapshot).join(",");
    const args = ["backup", "--json", "--quiet", "--stdin", "--stdin-filename", name, "--tag", tags];
    let sent = 0;
    async function* counted() {
      for await (const chunk of lettingGo(replay.chunks())) {
        sent += chunk.length;
        yield chunk;
      }
    }
    const { stdout } = await succeed(`writing ${name} to`, call(args, { signal }), counted());
    const saved = savedBytes(stdout);
    if (saved === sent) return;
    throw new SluiceError("BACKUP_FAILED", `restic saved ${saved ?? "none"} of the ${sent} bytes of ${name}`, {
      hint: "nothing of it counts; try again, and look at the repository: restic check",
      retryable: true,
    });
  }

  function stream(snapshot: Snapshot, more: Omit<ResticCall, "args" | "env">): AsyncGenerator<Uint8Array> {
    const args = ["dump", "--quiet", snapshot.id, fileNameOf(snapshot)];
    return streamRestic(call(args, more), (end) => resticError(end, `reading ${fileNameOf(snapshot)} from ${place}`));
  }

  return {
    place,
    compresses: (signal) =>
      patiently(
        async () => {
          const args = ["cat", "config", "--quiet"];
          const { stdout } = await succeed("opening", call(args, { timeoutMs: answerMs, signal }));
          return (JSON.parse(stdout) as { version: number }).version >= 2;
        },
        { signal },
      ),
    async snapshots(signal) {
      const args = ["snapshots", "--json", "--no-lock", "--tag", tagsOfSet(set).join(",")];
      const { stdout } = await succeed("listing", call(args, { timeoutMs: answerMs, signal }));
      return parseSnapshots(stdout, set);
    },
    async save(snapshot, source, signal) {
      const replay = createReplay(source);
      try {
        if (await replay.isEmpty()) return;
        await patiently(() => saveOnce(snapshot, replay, signal), { signal, canRetry: () => replay.canStartAgain() });
      } finally {
        replay.close();
      }
    },
    text: (snapshot, signal) =>
      patiently(
        async () => {
          const chunks: Uint8Array[] = [];
          for await (const chunk of stream(snapshot, { timeoutMs: answerMs, signal })) chunks.push(chunk);
          return Buffer.concat(chunks).toString("utf8");
        },
        { signal },
      ),
    async *read(snapshot, signal) {
      // A lock is refused before the first byte.
      const first = await patiently(
        async () => {
          const chunks = stream(snapshot, { signal });
          return { chunks, begin: await chunks.next() };
        },
        { signal },
      );
      try {
        if (first.begin.done) return;
        yield first.begin.value;
        yield* first.chunks;
      } finally {
        await first.chunks.return(undefined);
      }
    },
    async forget(snapshots, { waitMs, signal } = {}) {
      if (snapshots.length === 0) return;
      const args = ["forget", "--quiet", ...snapshots.map(({ id }) => id)];
      await patiently(() => succeed("removing from", call(args, { signal })), { waitMs, signal });
    },
    async compact({ waitMs, signal, dryRun = false } = {}) {
      const args = ["prune", "--max-unused", "10%", "--max-repack-size", "1G", ...(dryRun ? ["--dry-run"] : [])];
      const { stdout } = await patiently(() => succeed("compacting", call(args, { signal })), { waitMs, signal });
      return prunedSize(stdout);
    },
  };
}

const isLocked = (error: unknown) => isSluiceError(error) && error.code === "LOCK_HELD";

/** Of what `restic prune` writes for people, as it has nothing for programs; no version is asked to. */
function prunedSize(stdout: string): string | null {
  return /^total prune:\s+\d+ blobs \/ ([\d.]+ \w+)$/m.exec(stdout)?.[1] ?? null;
}

/** What the last line of `restic backup --json` says of a snapshot that is there; `null` where it says nothing of one. */
function savedBytes(stdout: string): number | null {
  const last = stdout.trim().split("\n").at(-1) ?? "";
  const summary = JSON.parse(last || "{}") as { snapshot_id?: string; total_bytes_processed?: number };
  return summary.snapshot_id ? (summary.total_bytes_processed ?? null) : null;
}
