import { formatDuration, isSluiceError, SluiceError } from "@sluice/core";
import { cutShort, halfDone } from "./half-done.ts";
import { endLeftSessions } from "./left-sessions.ts";
import type { MigrationCall } from "./migration-call.ts";
import type { MigrationServer, SchemaState } from "./migration-server.ts";
import { assertNoLongTransactions, longTransactions } from "./preflight.ts";
import { takeRunLock } from "./run-lock.ts";
import type { MigrationSettings } from "./settings.ts";
import { type Attempt, type AttemptCall, runAttempt } from "./watched-attempt.ts";

export interface MigrationReport {
  readonly attempts: number;
  readonly ms: number;
  /** Old transactions that were there before it began, in words. */
  readonly longTransactions: readonly string[];
  readonly schemaChanged: boolean;
  /** Indexes that are invalid now and were not before. */
  readonly invalidIndexes: readonly string[];
}

/** Before the second attempt; each later one waits twice as long. */
const backoffMs = 2_000;

const partly = "it has changed a part of the schema already";
const unseen = "whether it has changed a part of the schema could not be looked at, as the server did not answer";

export type Tell = (text: string) => void;

/**
 * Runs a migration with any tool, one at a time in a database, watched, and again where it only met a lock and the schema is
 * what it was. Rows that the tool has committed before are not seen by that. When this ends, however it does, no session of the
 * migration is left that its name or address tells. What an earlier run that died has left at work in the server is ended before,
 * or waited for.
 *
 * @param attempt starts the tool and resolves when it ended well; it rejects otherwise, and when its signal aborts
 * @throws SluiceError LOCK_HELD, PREFLIGHT_FAILED, MIGRATION_FAILED (it met a lock, or the lock of the run was lost),
 * DATABASE_UNREACHABLE, and what `attempt` rejects with where the tool failed by itself; that says where the schema is
 * another one than before; the signal's reason, even where the server does not answer any more
 */
export async function runPostgresMigration(
  call: MigrationCall,
  attempt: (call: AttemptCall) => Promise<void>,
): Promise<MigrationReport> {
  const { server, clock, settings, signal, onProgress: tell = () => undefined } = call;
  const { startedMs, old, before } = await begin(call, tell).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  signal?.throwIfAborted();
  const throwIfInterrupted = (left: string | null) => {
    if (signal?.aborted) call.onCutShort?.(cutShort(left, call.goBack));
    signal?.throwIfAborted();
  };
  for (let number = 1; ; number += 1) {
    const ended = await runAttempt(call, attempt);
    if (ended.lost) {
      throwIfInterrupted(unseen);
      throw ended.error;
    }
    const after = await server.schema().catch((error: unknown) => {
      throwIfInterrupted(unseen);
      throw error;
    });
    const schemaChanged = after.hash !== before.hash;
    const invalidIndexes = after.invalidIndexes.filter((name) => !before.invalidIndexes.includes(name));
    for (const name of invalidIndexes) tell(`index ${name} is invalid: drop it, then build it again`);
    if (ended.ok) {
      const ms = clock.monotonicMs() - startedMs;
      return { attempts: number, ms, longTransactions: old, schemaChanged, invalidIndexes };
    }
    throwIfInterrupted(schemaChanged ? partly : null);
    if (ended.metLock && !schemaChanged && number < settings.attempts) {
      await backOff(call, ended.why, number, tell);
      continue;
    }
    const half = (failed: unknown) => halfDone(failed, partly, call.goBack);
    throw failureOf(ended, number, schemaChanged ? half : null);
  }
}

/** Takes the lock, and looks at what is there before the first attempt. */
async function begin(
  call: MigrationCall,
  tell: Tell,
): Promise<{ readonly startedMs: number; readonly old: readonly string[]; readonly before: SchemaState }> {
  const { server, clock, settings, signal } = call;
  await takeRunLock(server, clock, settings.waitMs, signal);
  const startedMs = clock.monotonicMs();
  const orphans = await server.endMigrations();
  if (orphans > 0) tell(`${orphans} sessions of a migration that nobody watches any more were ended`);
  await endLeft(call);
  const old = await preflight(call, tell);
  return { startedMs, old, before: await server.schema() };
}

/** A driver need not take the name that sessions of migrations go by. @throws SluiceError LOCK_HELD; the signal's reason */
async function endLeft({ server, clock, settings, signal, onProgress, left = [] }: MigrationCall): Promise<void> {
  await endLeftSessions({
    server: server.left(new Set(left)),
    clock,
    database: "this database",
    endSession: (pid) => `select pg_terminate_backend(${pid})`,
    waitMs: settings.waitMs,
    signal,
    onProgress,
  });
}

/** The pause before the next attempt. @param number of the attempt that failed, from 1 */
export async function backOff(
  { clock, settings, signal }: Pick<MigrationCall, "clock" | "settings" | "signal">,
  why: string | null,
  number: number,
  tell: Tell,
): Promise<void> {
  const pauseMs = backoffMs * 2 ** (number - 1);
  tell(
    `${why}; nothing of the schema was changed, attempt ${number + 1} of ${settings.attempts} in ${formatDuration(pauseMs)}`,
  );
  await clock.sleep(pauseMs, signal);
}

/** Old transactions, in words, which are told too. @throws SluiceError PREFLIGHT_FAILED */
export async function preflight(
  {
    server,
    settings,
  }: { readonly server: Pick<MigrationServer, "sessions" | "prepared">; readonly settings: MigrationSettings },
  tell: Tell,
): Promise<readonly string[]> {
  const { onLongTransaction, longTransactionMs } = settings;
  if (onLongTransaction === "ignore") return [];
  const found = longTransactions(await server.sessions(), await server.prepared(), longTransactionMs);
  assertNoLongTransactions(found, settings);
  for (const each of found) tell(`a migration may have to wait for ${each}`);
  return found;
}

/**
 * Only an end that the tool met by itself stays as it was reported.
 *
 * @param half says what is half done; `null` where nothing is
 */
export function failureOf(
  { error, why, metLock }: Extract<Attempt, { ok: false }>,
  attempts: number,
  half: ((failed: unknown) => unknown) | null,
): unknown {
  if (why === null) return half ? half(error) : error;
  const tried = attempts === 1 ? "" : ` after ${attempts} attempts`;
  const gaveUp = `the migration gave up${tried}: ${why}`;
  const detail = isSluiceError(error) ? (error.detail ?? error.message) : undefined;
  if (half) return half(new SluiceError("MIGRATION_FAILED", gaveUp, { detail, cause: error }));
  return new SluiceError("MIGRATION_FAILED", `${gaveUp}; it has changed nothing of the schema`, {
    hint: metLock
      ? "end or wait for what is in the way, then try again (rows that its tool had committed by then stay changed); a change that must hold its lock for long needs smaller steps, or a longer database.migrate.queueTimeout"
      : "raise database.migrate.statementTimeout if it only needs more time",
    detail,
    retryable: metLock,
    cause: error,
  });
}
