import { type Clock, formatDuration, SluiceError } from "@sluice/core";
import type { LockHolder, MigrationServer } from "./migration-server.ts";

const pauseMs = 250;

/**
 * Takes the run lock of a database, asking again and again until `waitMs` are over.
 *
 * @param endSession the statement that ends a session of the server
 * @throws SluiceError LOCK_HELD naming who holds it
 */
export async function takeRunLock(
  server: Pick<MigrationServer, "tryLock">,
  clock: Clock,
  waitMs: number,
  signal?: AbortSignal,
  endSession: (pid: number) => string = (pid) => `select pg_terminate_backend(${pid})`,
): Promise<void> {
  const deadline = clock.monotonicMs() + waitMs;
  for (;;) {
    const holder = await server.tryLock();
    if (holder === null) return;
    const left = deadline - clock.monotonicMs();
    if (left <= 0) throw held(holder, waitMs, endSession);
    await clock.sleep(Math.min(pauseMs, left), signal);
  }
}

function held({ pid, name, since }: LockHolder, waitMs: number, endSession: (pid: number) => string): SluiceError {
  const who = whoHolds({ pid, name, since });
  const waited = waitMs > 0 ? ` after ${formatDuration(waitMs)}` : "";
  return new SluiceError("LOCK_HELD", `another migration of this database runs${waited}: ${who} holds its lock`, {
    hint:
      pid === null
        ? "wait for it to end; the lock is free as soon as the process that holds it is gone, whatever happens to it"
        : `wait for it; if nobody runs it any more: ${endSession(pid)}`,
    retryable: true,
  });
}

function whoHolds({ pid, name, since }: LockHolder): string {
  if (pid === 0) return "somebody who just let go of it";
  return pid === null ? `run ${name} (since ${since})` : `session ${pid} (${name || "no name"}, since ${since})`;
}
