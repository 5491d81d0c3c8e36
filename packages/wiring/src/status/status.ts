import {
  changedBaseFindings,
  type Finding,
  homeFindings,
  keptGoneFindings,
  type LiveSlot,
  type ObservedStack,
  orphanFindings,
  otherSlot,
  recoveryWays,
  type Slot,
  slotStatuses,
  slots,
  stackFindings,
  storedFindings,
  unstoredFindings,
} from "@sluice/core";
import {
  coldFinding,
  countTraffic,
  type EnginePorts,
  findOrphans,
  goneImages,
  keptBy,
  lastAttempt,
  lastLiveRelease,
  recordFindings,
  type SeenStack,
  servingOf,
  type UnfinishedAttempt,
  underWayOf,
  unfinishedOf,
  withBefore,
} from "@sluice/engine";
import { isDeploying, readLockHolder } from "@sluice/journal";
import { killedActions } from "../database/killed-actions.ts";
import type { DoorStatus, ProcessRow, StackStatus, TrafficView, UnfinishedStatus } from "../deployer.ts";
import { readOnlyFindings } from "../home/home-room.ts";
import { mountsElsewhere } from "../home/mounted-homes.ts";
import type { Session } from "../session.ts";
import { seeStack } from "./find-serving.ts";
import { findHandRun } from "./hand-run.ts";
import { idleFindings, leftInSlots } from "./left-in-slots.ts";

/** What is there and what serves, judged by the engine and the doors. */
export async function readStatus(session: Session, signal?: AbortSignal): Promise<StackStatus> {
  const [{ project, standIn }, ports, home, config] = await Promise.all([
    session.known(signal),
    session.ports(),
    session.home(),
    session.config(),
  ]);
  const [seen, bundles, last, lock] = await Promise.all([
    seeStack(session, signal),
    ports.bundles.list(),
    lastAttempt(ports.journal),
    readLockHolder(home),
  ]);
  const { observed, live, stored, services } = seen;
  const [cold, unreadable] = await Promise.all([coldFinding(observed, ports.journal), recordFindings(ports.journal)]);
  const killed = lock ? [] : await killedActions(ports.journal, bundles);
  const lived = live ? live.release : await lastLiveRelease(ports.journal);
  const served = bundles.find(({ id }) => id === lived);
  // What only the checkout has no more is not gone before that is deployed.
  const kept = served ? findOrphans(observed, [...project.services, ...served.services], null, bundles) : [];
  const gone = lock ? [] : await goneImages({ observed, stored }, bundles, ports, signal);
  const open = unfinishedOf(last);
  const unfinished = isDeploying(lock) ? null : open;
  // What an attempt without an end has in a slot is for that to be ended.
  const isIdle = !lock && !unfinished;
  const left = isIdle ? leftInSlots(seen, config) : [];
  const idle = isIdle ? await idleFindings(seen, left, { config, ports, project, bundles }, signal) : [];
  const found: readonly Finding[] = [
    ...readOnlyFindings(home),
    // What lies beside the slots belongs to who is at work, as the copy of a rehearsal does.
    ...(lock ? [] : observed.leftovers),
    ...stackFindings(observed, services, { counts: stored !== null && !lock, kept: keptBy(last) }),
    ...(open ? keptGoneFindings(open, observed, !unfinished) : []),
    ...(stored && !lock ? changedBaseFindings(observed, stored.bundle.tag) : []),
    ...(lock ? [] : orphanFindings(kept)),
    ...(lock ? [] : await findHandRun(observed, ports.journal)),
    ...unreadable,
    ...unstoredFindings(observed, bundles),
    ...(await mountsElsewhere(observed, home)),
    ...(stored ? storedFindings(stored.bundle, bundles) : []),
    ...(cold ? [cold] : []),
    ...idle,
    ...gone,
    ...killed,
  ];
  // By the record of this home nothing can be said of a stack of another one, least of all what to type.
  const foreign = homeFindings(observed, home.id);
  return {
    stack: observed.stack,
    serving: servingOf(observed, bundles, [live ? null : lived]),
    slots: slotStatuses(observed, bundles, { open: last && !last.end ? last.start : null, left }),
    doors: doorStatuses(observed),
    base: Object.values(observed.base).map(({ service, state, containers }) => ({ service, state, containers })),
    findings: [...(standIn ? [standIn.finding] : project.findings), ...(foreign.length > 0 ? foreign : found)],
    standIn,
    unfinished: unfinished && unfinishedStatus(withBefore(unfinished, bundles), observed),
    lock,
    underWay: isDeploying(lock) ? underWayOf(last) : null,
    last,
  };
}

function unfinishedStatus(unfinished: UnfinishedAttempt, observed: ObservedStack): UnfinishedStatus {
  const { deployment, attempt } = unfinished;
  const { finish, undo, hint } = recoveryWays(unfinished, observed);
  const { tag, at: since } = attempt.start;
  return { deployment, tag, since, canResume: finish, canAbort: undo, ...(hint === undefined ? {} : { hint }) };
}

function doorStatuses(observed: ObservedStack): readonly DoorStatus[] {
  return Object.values(observed.doors)
    .filter(({ state }) => state !== "absent")
    .map(({ service, state, reason, routing }) => ({
      service,
      state,
      reason,
      stable: routing?.stable ?? null,
      shares: sharesOf(routing?.stable ?? null, routing?.share ?? 0),
    }));
}

/** Percent of the users by slot. */
function sharesOf(stable: Slot | null, share: number): Readonly<Record<Slot, number>> {
  if (stable === null) return { blue: 0, green: 0 };
  return { [stable]: 100 - share, [otherSlot(stable)]: share } as Record<Slot, number>;
}

/** Containers of slots, doors and base, with whether users reach them. @throws SluiceError ENGINE_UNREACHABLE */
export async function readProcesses(session: Session, signal?: AbortSignal): Promise<readonly ProcessRow[]> {
  return processesOf(session, await seeStack(session, signal), signal);
}

/** As `readProcesses`, of what was seen. */
export async function processesOf(
  session: Session,
  { observed, live }: SeenStack,
  signal?: AbortSignal,
): Promise<readonly ProcessRow[]> {
  const ports = await session.ports();
  const inSlots = slots.flatMap((slot) =>
    observed.slots[slot].containers.map((container) => ({ ...container, place: slot, live: live?.slot === slot })),
  );
  const base = Object.values(observed.base).flatMap(({ containers }) =>
    containers.map((container) => ({ ...container, place: "base" as const, live: true })),
  );
  const plain = observed.plain.map((container) => ({ ...container, place: "base" as const, live: !live }));
  const served = observed.orphans.length > 0 ? await servedServices(ports, live) : [];
  const orphans = observed.orphans.map((container) => ({
    ...container,
    place: "base" as const,
    live: served.includes(container.service),
  }));
  const doors = await Promise.all(
    Object.values(observed.doors).map(async ({ service, containerId }) => {
      const container = containerId === null ? null : await session.runtime().inspect(containerId, signal);
      return container ? [{ ...container, service, place: "door" as const, live: true }] : [];
    }),
  );
  return [...inSlots, ...doors.flat(), ...base, ...orphans, ...plain];
}

async function servedServices({ bundles, journal }: EnginePorts, live: LiveSlot | null): Promise<readonly string[]> {
  const lived = live ? live.release : await lastLiveRelease(journal);
  const served = (await bundles.list()).find(({ id }) => id === lived);
  return served?.services.flatMap(({ active, name }) => (active ? name : [])) ?? [];
}

/**
 * Shares and counters of each door that runs; what was counted goes into the history that windows are suggested by.
 *
 * @throws SluiceError ENGINE_UNREACHABLE, DOOR_FAILED
 */
export async function readTraffic(session: Session, signal?: AbortSignal): Promise<readonly TrafficView[]> {
  const [{ project }, ports] = await Promise.all([session.known(signal), session.ports()]);
  const observed = await ports.observer.observe(project, signal);
  await countTraffic(observed, ports, signal);
  const running = Object.values(observed.doors).filter(({ routing }) => routing !== null);
  return Promise.all(
    running.map(async ({ service, containerId, routing }) => {
      const traffic = await ports.router.traffic(containerId ?? "", signal);
      const stable = routing?.stable ?? null;
      return { service, stable, shares: sharesOf(stable, routing?.share ?? 0), slots: traffic.slots };
    }),
  );
}
