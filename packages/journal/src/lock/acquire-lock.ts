import { rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { formatDuration, SluiceError } from "@sluice/core";
import { asOwnerHint, ownerOf, writeDurably } from "@sluice/core/node";
import { homeError, isDiskFull } from "../home/home-error.ts";
import { homeIdIn, madeAnew, type StateHome } from "../home/state-home.ts";
import { keepReserve } from "../record/reserve.ts";
import { type KernelLock, tryLock } from "./kernel-lock.ts";
import { endingText, holderText, isDeploying, type LockHolder, readLockHolder } from "./lock-holder.ts";
import { lockUnused } from "./lock-unused.ts";

export interface LockRequest extends Pick<LockHolder, "actor" | "reason" | "release" | "atMostMs"> {
  /** How long to wait for a holder to end, milliseconds; default 0. */
  readonly waitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told once where it has to wait for a holder that is at work. */
  readonly onWait?: ((holder: LockHolder) => void) | undefined;
}

/** Somebody who only looks at the lock holds it for an instant; that is no reason to refuse. */
const leastWaitMs = 150;
/** The kernel tells nobody when a lock becomes free, so it is asked. */
const pauseMs = 25;

/** A directory beside a state home's own that has a lock of its own. */
type LockPlace = Pick<StateHome, "path" | "clock" | "held">;

/**
 * Takes the lock of a state home: one command at a time changes a stack. It is free in the instant its holder ends,
 * however that happens. Disposing releases it. A home that nothing was in when it was opened, and that was taken away since, is
 * made again as it was. A home that another one has taken the place of, as an import does, is not locked: its id is nobody's there.
 *
 * @throws SluiceError LOCK_HELD naming the holder, HOME_UNUSABLE; the signal's reason
 */
export async function acquireLock(
  home: StateHome | LockPlace,
  { actor, reason, release, atMostMs, waitMs = 0, signal, onWait }: LockRequest,
): Promise<AsyncDisposable> {
  const { path, clock, held } = home;
  if ("readOnly" in home && home.readOnly) throw home.readOnly;
  let lock = await waitForLock(home, leastWaitMs, signal);
  if (!lock) {
    const holder = await readLockHolder(home);
    const patienceMs = Math.max(waitMs, holder?.atMostMs ?? 0);
    if (patienceMs > leastWaitMs) {
      if (holder) onWait?.(holder);
      lock = await waitForLock(home, patienceMs - leastWaitMs, signal);
    }
  }
  if (!lock) throw await heldError(home, waitMs);
  const holderFile = join(path, "lock.json");
  const holder: LockHolder = {
    pid: process.pid,
    host: hostname(),
    actor,
    reason,
    release,
    since: clock.now().toISOString(),
    atMostMs,
  };
  try {
    if (await noteHolder(holderFile, holder)) {
      await assertOwn(path, holderFile);
      if ("id" in home) await keepReserve(path);
    }
  } catch (error) {
    lock.release();
    throw homeError(error, path, "the lock cannot be taken in");
  }
  let isHeld = true;
  const acquired: AsyncDisposable = {
    async [Symbol.asyncDispose]() {
      if (!isHeld) return;
      isHeld = false;
      held.delete(acquired);
      if ("id" in home) home.deploying.delete(acquired);
      // Only tells who holds the lock: that it cannot be removed from a disk that is read-only now changes no ending.
      await rm(holderFile, { force: true }).catch(() => undefined);
      lock.release();
    },
  };
  held.add(acquired);
  if ("id" in home && isDeploying(holder)) home.deploying.add(acquired);
  return acquired;
}

/**
 * The kernel holds the lock; this only tells whose it is. A disk that is full keeps nobody from what makes room on it, or takes
 * users back: then nobody's name is there, least of all that of a holder who was killed.
 *
 * @returns whether it is written
 */
async function noteHolder(file: string, holder: LockHolder): Promise<boolean> {
  try {
    await writeDurably(file, `${JSON.stringify(holder)}\n`);
    return true;
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    await rm(file, { force: true });
    return false;
  }
}

/**
 * Who may write everywhere, as root may, would leave files that the owner of the home cannot use. What was just made tells under
 * which user this process writes there: a file system may make another one of root.
 *
 * @throws SluiceError HOME_UNUSABLE
 */
async function assertOwn(path: string, made: string): Promise<void> {
  const [owner, writer] = [ownerOf(join(path, "home.json")), ownerOf(made)];
  if (!owner || !writer || owner.uid === writer.uid) return;
  await rm(made, { force: true });
  throw new SluiceError(
    "HOME_UNUSABLE",
    `the state home ${path} belongs to ${owner.name}, and this is ${writer.name}`,
    {
      hint: `${asOwnerHint(owner)}; or, where ${writer.name} is to deploy from now on: chown -R ${writer.name} ${path}`,
    },
  );
}

async function waitForLock(
  home: StateHome | LockPlace,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<KernelLock | null> {
  const { path, clock } = home;
  const deadline = clock.monotonicMs() + waitMs;
  for (;;) {
    signal?.throwIfAborted();
    const lock = await attempt(home).catch((error: unknown) => {
      throw homeError(error, path, "the lock cannot be taken in");
    });
    if (lock || clock.monotonicMs() >= deadline) return lock;
    await clock.sleep(pauseMs, signal);
  }
}

async function attempt(home: StateHome | LockPlace): Promise<KernelLock | null> {
  if ("isUnused" in home && home.isUnused) return lockUnused(home);
  const lock = tryLock(join(home.path, "lock.db"));
  if (!lock || !("id" in home)) return lock;
  try {
    if ((await homeIdIn(home.path)) !== home.id) throw madeAnew(home.path);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function heldError(home: Pick<StateHome, "path" | "clock">, waitMs: number): Promise<SluiceError> {
  const holder = await readLockHolder(home);
  const waited = waitMs > 0 ? `, still after ${formatDuration(waitMs)}` : "";
  const ending = holder ? `${endingText(holder)}. ` : "";
  const hint = `wait for it (--wait 10m); ${ending}The lock is free as soon as that process is gone`;
  if (!holder)
    return new SluiceError("LOCK_HELD", `the lock of ${home.path} was held until now`, { hint, retryable: true });
  return new SluiceError("LOCK_HELD", `${holderText(holder)}${waited}`, { hint, retryable: true });
}
