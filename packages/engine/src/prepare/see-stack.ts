import {
  baseServices,
  isTakingOver,
  type LiveSlot,
  liveSlot,
  type ObservedStack,
  type ReleaseBundle,
  type ResolvedProject,
  runsInBase,
  type ServiceFacts,
  type Serving,
  type StoredRelease,
  slots,
} from "@sluice/core";
import { unfinishedOf } from "../record/journal-entries.ts";
import { lastAttempt, lastServing } from "../record/read-attempts.ts";
import { releaseThatServes } from "../record/stored-release.ts";
import type { EnginePorts } from "../scope.ts";
import { servingOf } from "./serving.ts";

/** The project that a stack is looked at for. */
export interface KnownStack {
  readonly project: ResolvedProject;
  /** The release whose project it is, where that stands in for what is checked out; else `null`. */
  readonly standIn: { readonly release: string } | null;
}

/** A stack as it is, next to what the release that serves wants of it: what is checked out may be another one. */
export interface SeenStack {
  readonly observed: ObservedStack;
  /** `null` where nothing serves, and where all that does is in base. */
  readonly live: LiveSlot | null;
  /** The release of the live slot; without one, that which was made live last. `null` where there is none, or none stored. */
  readonly stored: StoredRelease | null;
  /** Services of that release; of the checkout where there is none. */
  readonly services: readonly ServiceFacts[];
}

/** What serves, as the engine and the doors show it. */
export interface FoundServing {
  readonly observed: ObservedStack;
  /** `null` where all of it is in base. */
  readonly live: LiveSlot | null;
  /** Its release; `null` where a slot serves whose release is not stored. In base it is always known. */
  readonly stored: StoredRelease | null;
}

/** @throws SluiceError ENGINE_UNREACHABLE */
export async function seeStack(known: KnownStack, ports: EnginePorts, signal?: AbortSignal): Promise<SeenStack> {
  return seeAgain(known, await ports.observer.observe(known.project, signal), ports, signal);
}

/**
 * The live slot; where there is none, the release that was made live last, while all of it runs in base. `null` where neither is so.
 *
 * @throws SluiceError ENGINE_UNREACHABLE
 */
export async function findServing(
  known: KnownStack,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<FoundServing | null> {
  const { observed, live, stored } = await seeStack(known, ports, signal);
  if (live) return { observed, live, stored };
  return stored && runsInBase(stored.bundle, observed) ? { observed, live: null, stored } : null;
}

/**
 * As `servingOf`, where there is no slot with the release that was made live last, which is looked for in base.
 *
 * @param seen.observed the stack, as it was observed for the project
 */
export async function servingNow(
  known: KnownStack,
  { observed, bundles }: { readonly observed: ObservedStack; readonly bundles: readonly ReleaseBundle[] },
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<Serving | null> {
  const told = { ...observed, ...(await toldByRecord(observed, ports)) };
  if (liveSlot(told)) return servingOf(told, bundles);
  const { observed: seen, stored } = await seeAgain(known, told, ports, signal);
  return servingOf(seen, bundles, [stored?.bundle.id]);
}

/** What is there is shown for the services that are asked for: those of the checkout may have other names, and other places. */
async function seeAgain(
  { project, standIn }: KnownStack,
  seen: ObservedStack,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<SeenStack> {
  const told = await toldByRecord(seen, ports);
  const observed = { ...seen, ...told };
  const live = liveSlot(observed);
  const stored = await releaseThatServes(live, ports);
  if (!stored) return { observed, live, stored, services: project.services };
  const { id, services, key, tag, commit } = stored.bundle;
  if (standIn?.release === id) return { observed, live, stored, services };
  const checkedOut = ports.identity.key({ tag, commit, dirty: false, source: "option" }, project.modelHash);
  const isCheckout = key === checkedOut && JSON.stringify(services) === JSON.stringify(project.services);
  if (isCheckout) return { observed, live, stored, services };
  const { model } = await ports.base.placed(stored, baseServices(services), project.model);
  const asked = { ...project, model, services };
  const again = await ports.observer.observe(asked, signal);
  return { observed: { ...again, ...told }, live, stored, services };
}

/** The record is read only where no door tells whether users reach what is in a slot. */
async function toldByRecord(
  observed: ObservedStack,
  { journal }: EnginePorts,
): Promise<Pick<ObservedStack, "isTakingOver" | "remembered">> {
  const isUntold = Object.values(observed.doors).every(({ routing }) => routing === null);
  const isFilled = slots.some((slot) => observed.slots[slot].containers.length > 0);
  if (!isUntold || !isFilled) return {};
  const [last, remembered] = await Promise.all([lastAttempt(journal), lastServing(journal)]);
  const unfinished = unfinishedOf(last);
  return { remembered, isTakingOver: unfinished !== null && isTakingOver(unfinished, observed) };
}
