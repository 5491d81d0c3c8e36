import { join } from "node:path";
import type { Readable } from "node:stream";
import { type Journal, SluiceError } from "@sluice/core";
import { findRebuildable, lastAttempt, storeRebuilt, unfinishedOf } from "@sluice/engine";
import {
  acquireLock,
  createJournal,
  type ExportedHome,
  exportHome,
  homeIdIn,
  importHome,
  openStateHome,
  placeHome,
  type StateHome,
} from "@sluice/journal";
import { createBundleStore } from "@sluice/release";
import type { ExportCall, ImportCall, ImportedState, RebuildCall, RebuiltHome, StateChange } from "../deployer.ts";
import { stateHomeOf } from "../project/locations.ts";
import { recordsOf } from "../record/records-of.ts";
import { createSession, type Session } from "../session.ts";
import { mountedHomes, mountedIn } from "./mounted-homes.ts";

/**
 * Writes the state home as an archive, whoever has the stack: what a home holds that was moved from is somebody's record, too.
 *
 * @throws SluiceError HOME_UNUSABLE where there is nothing to write: an archive of a home that this very command has made would be
 * taken for the stack's
 */
export async function exportState(
  session: Session,
  destination: NodeJS.WritableStream,
  call: ExportCall,
): Promise<ExportedHome> {
  const home = await session.home();
  if (home.isUnused) {
    // Whose the stack is only makes the refusal clearer.
    const owner = await session
      .runtime()
      .claims.read(home.stack)
      .catch(() => null);
    if (owner !== home.id) throw nothingToExport(home, owner);
  }
  return exportHome(home, destination, call);
}

function nothingToExport({ path, stack }: Pick<StateHome, "path" | "stack">, owner: string | null): SluiceError {
  const belongs =
    owner === null ? "" : `, and stack ${stack} on this engine belongs to state home ${owner || "(unknown)"}`;
  return new SluiceError("HOME_UNUSABLE", `the state home ${path} holds nothing to export${belongs}`, {
    hint: "export where the stack was deployed from, or name the directory that its state is in: --state-home",
  });
}

/**
 * Makes the state home from an export, and moves the stack on the engine to it: the home that was exported is refused
 * from then on, and a deployment that runs there leaves everything as it is before it moves any users. Nothing is changed where the
 * engine cannot be asked, or says that the stack is somebody else's.
 *
 * @throws SluiceError HOME_UNUSABLE, HOME_MISMATCH, LOCK_HELD, ENGINE_UNREACHABLE
 */
export async function importState(
  session: Session,
  archive: Readable,
  { reason = "state import", replace, takeOver = false }: ImportCall,
  signal: AbortSignal,
): Promise<ImportedState> {
  const { clock, options } = session;
  const { actor } = options;
  const stack = await session.stack();
  const { claims, observer } = session.runtime();
  const owner = await claims.read(stack);
  const mounted = await mountedIn(observer, stack, signal);
  const path = stateHomeOf(options, stack);
  const accept = (archived: { readonly id: string }) => {
    if (owner !== null && owner !== archived.id && !takeOver) throw foreignArchive(stack, owner, archived.id);
  };
  const { id, from, replaced, ...placed } = await importHome(path, archive, {
    clock,
    stack,
    actor,
    reason,
    replace,
    accept,
    signal,
  });
  await using home = await openStateHome(path, { clock, stack, create: false });
  await using _lock = await acquireLock(home, { actor, reason, release: "none", signal });
  const journal = createJournal(home, clock);
  const unfinished = unfinishedOf(await lastAttempt(journal));
  const takenOver = owner && owner !== from ? { owner } : {};
  await journal.append({ type: "state-imported", actor, reason, from, ...takenOver, to: id, replaced });
  await claims.move(stack, owner, id);
  return {
    stack,
    path,
    id,
    from,
    replaced,
    ...placed,
    mountedHomes: await mountedHomes(mounted, home.releasesDir),
    unfinished: unfinished && { deployment: unfinished.deployment, tag: unfinished.attempt.start.tag },
  };
}

/**
 * Makes a state home of what the engine shows where the one the stack belongs to is lost, and moves the stack to it.
 *
 * @param open a seam for tests
 * @throws SluiceError PREFLIGHT_FAILED where there is nothing to rebuild from; HOME_UNUSABLE, LOCK_HELD, ENGINE_UNREACHABLE
 */
export async function rebuildState(
  session: Session,
  { release, reason = "state rebuild", replace }: RebuildCall,
  signal: AbortSignal,
  open: typeof createSession = createSession,
): Promise<RebuiltHome> {
  const { clock, options } = session;
  const project = await session.project(signal);
  const stack = await session.stack();
  const { claims, observer } = session.runtime();
  const mounted = await mountedIn(observer, stack, signal);
  const previousHome = await claims.read(stack);
  const path = stateHomeOf(options, stack);
  // What is moved aside may be damaged, and what is in its place no home at all.
  const replacedHome = await homeIdIn(path).catch(() => null);
  const releasesDir = join(path, "releases");
  const replacedBundles = createBundleStore(releasesDir);
  // One that is damaged is made again where that can be.
  const keptBundle = (id: string) =>
    replacedBundles.load(id).then(
      ({ bundle }) => bundle,
      () => null,
    );
  const { actor } = options;
  const request = { stack, project, release, actor, reason, previousHome, replacedHome, keptBundle };
  const fill = async (directory: string) => {
    await using making = open({ ...options, stack, stateHome: directory });
    const ports = await making.ports();
    const state = await storeRebuilt(request, await findRebuildable(request, ports, signal), ports);
    return { id: (await making.home()).id, ...state };
  };
  const { made, ...placed } = await placeHome(path, fill, { clock, actor, reason, replace, signal });
  await claims.move(stack, previousHome, made.id);
  const elsewhere = await mountedHomes(mounted, releasesDir);
  return { stack, path, previousHome, ...placed, ...made, mountedHomes: elsewhere };
}

/** What was done to the state home itself, oldest first. */
export function readStateChanges(journal: Journal): Promise<readonly StateChange[]> {
  return recordsOf(journal, (type) => type === "state-imported" || type === "state-rebuilt");
}

function foreignArchive(stack: string, owner: string, archived: string): SluiceError {
  const message = `stack ${stack} on this engine belongs to state home ${owner || "(unknown)"}, and the archive is of ${archived}`;
  return new SluiceError("HOME_MISMATCH", message, {
    hint: "import an export of that home, which is what deployed last; if it is lost for good, the same command with --take-over",
  });
}
