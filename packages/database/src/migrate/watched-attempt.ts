import { isSluiceError, messageOf, SluiceError } from "@sluice/core";
import type { Session } from "./activity.ts";
import { migrationName } from "./environment.ts";
import type { MigrationCall } from "./migration-call.ts";
import { blockedText, type GiveUp, type IsOurs, look, nothingSeen, type Watch } from "./watch.ts";

export interface AttemptCall {
  readonly signal: AbortSignal;
  /**
   * Addresses of the container that the tool runs in, and what the engine calls them: its sessions come from there, whatever
   * their names.
   */
  readonly onStarted: (addresses: readonly string[]) => void;
}

/** How an attempt ended. `why` is set where a lock or a time limit ended it, `lost` where the lock of the run was lost. */
export type Attempt =
  | { readonly ok: true; readonly lost: false }
  | {
      readonly ok: false;
      readonly lost: boolean;
      readonly error: unknown;
      readonly why: string | null;
      readonly metLock: boolean;
    };

const pollMs = 100;
/** However near the end of somebody's patience is, the server is left alone this long. */
const leastPauseMs = 10;
/** A statement that was cancelled has this long to end before its session is ended. */
const cancelMs = 1_000;
/** A tool whose statements were cancelled has this long to end before its container is stopped. */
const endMs = 5_000;

/** What it takes to watch one. */
export interface WatchCall extends Pick<MigrationCall, "clock" | "settings" | "run" | "signal" | "onProgress"> {
  readonly server: Pick<MigrationCall["server"], "sessions" | "end" | "endMigrations">;
}

/** Runs the tool once, watches its sessions, and ends them where they must not go on. Rejects with nothing. */
export async function runAttempt(call: WatchCall, attempt: (call: AttemptCall) => Promise<void>): Promise<Attempt> {
  const { signal, server, run } = call;
  const [stop, over] = [new AbortController(), new AbortController()];
  const origin: Origin = { name: migrationName(run), addresses: new Set(), sinceMs: call.clock.monotonicMs() };
  const tool = attempt({
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    onStarted(addresses) {
      for (const address of addresses) origin.addresses.add(address);
    },
  }).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  void tool.then(() => over.abort());
  const watched = await watchUntil(over.signal, call, origin, stop);
  const failed = await tool;
  if (watched.lost) return { ok: false, lost: true, error: watched.lost, why: null, metLock: false };
  if (!failed) return { ok: true, lost: false };
  try {
    // A container that is gone leaves its statement running.
    await server.end((await server.sessions()).filter(isFrom(origin, call)), "terminate");
    await server.endMigrations(run);
  } catch (error) {
    return { ok: false, lost: true, error: lockLost(error), why: null, metLock: false };
  }
  return { ok: false, lost: false, error: failed.error, ...reasonOf(failed.error, watched, call.settings) };
}

interface Origin {
  readonly name: string;
  readonly addresses: Set<string>;
  readonly sinceMs: number;
}

/** An address that a container of the application had before it is told from ours by the age of the session. */
function isFrom({ name, addresses, sinceMs }: Origin, { clock }: WatchCall): IsOurs {
  const oldestMs = clock.monotonicMs() - sinceMs + 1_000;
  return (session) =>
    session.name === name || (session.address !== null && addresses.has(session.address) && session.ageMs <= oldestMs);
}

interface Watched {
  readonly giveUp: GiveUp | null;
  readonly watch: Watch;
  readonly lost: SluiceError | null;
}

async function watchUntil(over: AbortSignal, call: WatchCall, origin: Origin, stop: AbortController): Promise<Watched> {
  const { server, clock, settings, onProgress } = call;
  let watch = nothingSeen;
  let first: { readonly giveUp: GiveUp; readonly atMs: number } | null = null;
  let pauseMs = pollMs;
  try {
    while (await pause(call, pauseMs, over)) {
      const sessions = await server.sessions();
      const isOurs = isFrom(origin, call);
      const atMs = clock.monotonicMs();
      const seen = look(watch, sessions, atMs, isOurs, settings);
      watch = seen.watch;
      const dueMs = seen.giveUp ? pollMs : (seen.soonestMs ?? pollMs);
      pauseMs = Math.max(leastPauseMs, Math.min(pollMs, dueMs));
      if (seen.giveUp) {
        if (!first) onProgress?.(`the migration gives up: ${seen.giveUp.text}`);
        first ??= { giveUp: seen.giveUp, atMs };
        await endSessions(server, sessions.filter(isOurs), atMs - first.atMs > cancelMs);
      }
      if (first && atMs - first.atMs > endMs) {
        stop.abort(new SluiceError("MIGRATION_FAILED", "the tool went on although its statements were cancelled"));
      }
    }
    return { giveUp: first?.giveUp ?? null, watch, lost: null };
  } catch (error) {
    const lost = lockLost(error);
    stop.abort(lost);
    return { giveUp: null, watch, lost };
  }
}

/** `false` when it is over. */
async function pause({ clock }: WatchCall, ms: number, over: AbortSignal): Promise<boolean> {
  if (over.aborted) return false;
  try {
    await clock.sleep(ms, over);
    return true;
  } catch (error) {
    if (over.aborted) return false;
    throw error;
  }
}

/** A session that only holds locks has no statement that could be cancelled. */
async function endSessions(server: WatchCall["server"], ours: readonly Session[], isLate: boolean): Promise<void> {
  const [active, idle] = [ours.filter(({ isActive }) => isActive), ours.filter(({ isActive }) => !isActive)];
  await server.end(isLate ? ours : idle, "terminate");
  if (!isLate) await server.end(active, "cancel");
}

/**
 * What servers say when a lock was not had in time, with its codes, and what drivers call it. Never the name of a setting: what a
 * tool writes may hold the script that sets it.
 */
const lockTrouble = new RegExp(
  [
    /\b55P03\b/,
    /canceling statement due to lock timeout/,
    /could not obtain lock on (?:relation|row)/,
    /Lock wait timeout exceeded/,
    /\berror:? \(?1205\b|ER_LOCK_WAIT_TIMEOUT/,
    /LockNotAvailable|LockWaitTimeout/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "i",
);
/** Its code is also that of what somebody cancelled. */
const statementTrouble = /canceling statement due to statement timeout/i;

function reasonOf(
  error: unknown,
  { giveUp, watch: { blocked } }: Watched,
  { lockTimeoutMs }: MigrationCall["settings"],
): { why: string | null; metLock: boolean } {
  if (giveUp) return { why: giveUp.text, metLock: giveUp.why !== "statement" };
  const text = isSluiceError(error) ? `${error.message}\n${error.detail ?? ""}` : String(error);
  if (lockTrouble.test(text)) {
    if (!blocked) return { why: "it did not get a lock in time", metLock: true };
    // It may have been over before a second look.
    const waitedMs = Math.max(blocked.waitedMs, lockTimeoutMs);
    return { why: blockedText({ ...blocked, waitedMs }), metLock: true };
  }
  return { why: statementTrouble.test(text) ? "a statement took too long" : null, metLock: false };
}

function lockLost(cause: unknown): SluiceError {
  const reason = messageOf(cause);
  return new SluiceError("MIGRATION_FAILED", `the session that held the lock of the migration was lost: ${reason}`, {
    hint: "the migration was stopped; look at what is done before it runs again",
    cause,
  });
}
