import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Clock, isSluiceError, SluiceError } from "@sluice/core";
import { syncPath } from "@sluice/core/node";
import { entriesOf, isUnused } from "../home/discard-unused.ts";
import { homeError } from "../home/home-error.ts";
import { openStateHome, type StateHome } from "../home/state-home.ts";
import { acquireLock } from "../lock/acquire-lock.ts";

export interface VacateOptions {
  readonly clock: Clock;
  /** For whoever finds the home locked meanwhile. */
  readonly actor: string;
  readonly reason: string;
  /** A home that holds something is moved aside; default: it is refused. */
  readonly replace?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the place of a state home free, under its lock. A home that holds nothing yet (a command that died at once left it) is
 * removed; one that holds something, or is damaged, is moved aside, and never removed.
 *
 * @returns where it was moved to; `null` where nothing had to be kept
 * @throws SluiceError HOME_UNUSABLE when it holds something and `replace` is not set, or is no state home; JOURNAL_NEWER as that;
 * LOCK_HELD
 */
export async function vacateHome(dir: string, options: VacateOptions): Promise<string | null> {
  try {
    const names = await entriesOf(dir);
    if (names.length === 0) return null;
    if (!names.includes("home.json")) throw foreign(dir, names[0] ?? "");
    const { clock, actor, reason, replace = false, signal } = options;
    await using home = await openOrDamaged(dir, options);
    await using _lock = await acquireLock(home ?? { path: dir, clock, held: new Set() }, {
      actor,
      reason,
      release: "none",
      signal,
    });
    if (home && (await isUnused(dir))) {
      await rm(dir, { recursive: true });
      return null;
    }
    if (home && !replace) throw inUse(dir, home.stack);
    const aside = await freeName(dir, clock);
    await rename(dir, aside);
    await syncPath(dirname(dir));
    return aside;
  } catch (error) {
    throw homeError(error, dir, "the state home cannot be put aside:");
  }
}

/**
 * `null` for a home that nobody can open any more, where it may be moved aside: what opens it is what replaces it. One that only
 * cannot be read, or by this user, is whole for somebody.
 */
async function openOrDamaged(dir: string, { clock, replace }: VacateOptions): Promise<StateHome | null> {
  try {
    return await openStateHome(dir, { clock, create: false });
  } catch (error) {
    if (!isDamage(error)) throw error;
    if (replace) return null;
    throw new SluiceError(error.code, error.message, { hint: inUseHint, cause: error });
  }
}

/** What the home holds, and no file system, is why it cannot be opened. */
function isDamage(error: unknown): error is SluiceError {
  if (!isSluiceError(error) || error.cause !== undefined) return false;
  return error.code === "HOME_UNUSABLE" || error.code === "JOURNAL_NEWER";
}

async function freeName(dir: string, clock: Clock): Promise<string> {
  const stamp = clock.now().toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const taken = new Set(await readdir(dirname(dir)));
  const wanted = `${basename(dir)}.replaced-${stamp}`;
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!taken.has(name)) return join(dirname(dir), name);
  }
}

function inUse(dir: string, stack: string): SluiceError {
  return new SluiceError("HOME_UNUSABLE", `${dir} holds the state of stack ${stack}: nothing is written over it`, {
    hint: inUseHint,
  });
}

const inUseHint = "the same command with --replace moves it aside; or give another place with --state-home";

function foreign(dir: string, name: string): SluiceError {
  return new SluiceError("HOME_UNUSABLE", `${dir} is not empty and is no state home (it holds ${name})`, {
    hint: "give an empty or new directory with --state-home",
  });
}
