import type { Finding, StateFinding } from "../../model/finding.ts";
import type { StateFindingCode } from "../../model/finding-codes.ts";
import { isInSlot } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { LostNetwork, MissingLink, ObservedContainer, ObservedDoor, ObservedStack } from "../../model/stack.ts";
import { moveStateHint } from "../../model/state-home.ts";
import { isHeldByPlain, liveSlot } from "../live/live-slot.ts";
import { keptOrphans, mayRemove, type Orphan } from "../steps/orphans.ts";
import { downBaseFindings } from "./down-base.ts";
import { foreignFindings } from "./foreign-projects.ts";
import { guestFindings } from "./network-guests.ts";
import { redefinedFindings } from "./redefined-resources.ts";
import { restartFindings } from "./restart-findings.ts";
import { sameFilesFindings } from "./same-files.ts";
import { shortFindings } from "./short-findings.ts";

export interface StackKnowledge {
  /**
   * Whether containers of the release that serves are counted: not while a deployment changes them, nor where that release is not
   * stored, so that nobody knows how many it wants. Default: they are
   */
  readonly counts?: boolean;
  /** Ids of containers that a deployment without an end keeps for its way back. Default: none */
  readonly kept?: readonly string[];
}

/**
 * What is not as a deployment left it, each with the command that puts it right, and what no deployment changes. Pure.
 * Before a first deployment none has left anything, nor where nothing of the release that serves is in slots.
 *
 * @param services those of the release that serves, for which the stack was observed: what is checked out may be another one
 */
export function stackFindings(
  observed: ObservedStack,
  services: readonly ServiceFacts[],
  { counts = true, kept = [] }: StackKnowledge = {},
): readonly StateFinding[] {
  const held = Object.values(observed.doors).filter((door) => isHeldByPlain(observed, door));
  const mayServe = held.length === 0 && !observed.isTakingOver && services.some(isInSlot);
  const live = liveSlot(observed)?.slot ?? (mayServe ? runningSlot(observed) : null);
  const redefined = [
    ...redefinedFindings(observed),
    ...guestFindings(observed),
    // Users feel nothing of it.
    ...foreignFindings(observed).map((finding) => ({ ...finding, severity: "warn" as const })),
    ...sameFilesFindings(observed),
    ...downBaseFindings(observed, services, { counts, serves: live && observed.slots[live].release }),
    ...lostFindings(observed, live),
    ...restartFindings(observed, live),
  ];
  if (!live) return redefined;
  const workers = new Set(services.filter(({ role }) => role === "worker").map(({ name }) => name));
  return [
    ...observed.plain
      // What users reach is not beside anything, and what an undo starts again is nothing to be removed.
      .filter(({ id, service }) => held.every((door) => door.service !== service) && !kept.includes(id))
      .map((container) => secondCopy(container, workers.has(container.service))),
    ...observed.missingLinks.map((link) => missingLink(link, live, link.service in observed.base)),
    ...Object.values(observed.doors).flatMap((door) =>
      held.includes(door) ? [] : (doorFinding(door, observed.slots[live].release) ?? []),
    ),
    ...(counts ? shortFindings(observed, services) : []),
    ...redefined,
  ];
}

/** What is in base and no part of the release that serves, nor of the checkout. Pure. */
export function orphanFindings(orphans: readonly Orphan[]): readonly Finding[] {
  const leaving = orphans.filter(mayRemove).flatMap(({ service, containers, isInactive = false }): Finding[] => {
    const names = containers.map(({ name }) => name).join(" ");
    const why = isInactive ? `has ${service} in none of its active profiles` : `has no ${service}`;
    const message = `${names} is of an earlier release: the one that serves ${why}`;
    const hint = `the next sluice deploy removes it; at once: docker rm -f ${names}`;
    return [{ severity: "warn", code: "orphan", service, message, hint }];
  });
  return [...leaving, ...keptOrphans(orphans)];
}

/** The stack belongs to another state home than the one here: nothing can be deployed from here. Pure. */
export function homeFindings({ stack, homeId }: ObservedStack, here: string): readonly StateFinding[] {
  if (homeId === null || homeId === here) return [];
  const message = `stack ${stack} on this engine belongs to state home ${homeId}, not to the one here (${here}): its record is elsewhere`;
  return [{ severity: "warn", code: "home-mismatch", message, hint: moveStateHint(stack) }];
}

/** A door that does not answer says nothing of who serves, and is itself what must be told. */
function runningSlot({ slots }: ObservedStack): Slot | null {
  return slots.blue.containers.length > 0 ? "blue" : slots.green.containers.length > 0 ? "green" : null;
}

/** Someone has run `docker compose -p STACK up -d`. */
function secondCopy({ name, service, state }: ObservedContainer, isWorker: boolean): StateFinding {
  const common = {
    severity: "warn",
    service,
    hint: `the next sluice deploy removes it; at once: docker rm -f ${name}`,
  } as const;
  if (!isWorker || state !== "running") {
    return { ...common, code: "second-copy", message: `${name} was made by plain Compose beside the slots (${state})` };
  }
  const message = `${service} runs twice: ${name} was started by plain Compose beside the slots`;
  return { ...common, code: "second-worker", message };
}

/** Somebody took what both slots use from a network. Pure. */
function lostFindings({ base }: ObservedStack, live: Slot | null): readonly StateFinding[] {
  return Object.values(base).flatMap(({ service, lost = [] }) => lost.map((one) => lostFinding(service, one, live)));
}

function lostFinding(
  service: string,
  { container, network, aliases, addresses }: LostNetwork,
  live: Slot | null,
): StateFinding {
  const fixed = addresses.map((address) => `${address.includes(":") ? "--ip6" : "--ip"} ${address}`);
  const named = aliases.map((alias) => `--alias ${alias}`);
  const connect = ["docker network connect", ...fixed, ...named, network, container].join(" ");
  const message = `${container} is not on ${network}, which it was made with: what is there does not reach base service ${service}`;
  const hint = live ? `the next sluice deploy mends it; at once: ${connect}` : connect;
  return { severity: "warn", code: "base-cut-off", service, message, hint };
}

function missingLink(
  { slot, service, container, link, aliases }: MissingLink,
  live: Slot,
  isBase: boolean,
): StateFinding {
  const place = slot === live ? `slot ${slot}, which serves,` : `slot ${slot}`;
  const lost = isBase ? `${place} does not reach it` : `it does not reach ${place.replace(/,$/, "")}`;
  const isShut = !isBase && slot === live;
  const connect = ["docker network connect", ...aliases.map((alias) => `--alias ${alias}`), link, container].join(" ");
  const hint = slot === live ? `the next sluice deploy mends it; at once: ${connect}` : connect;
  const message = `${container} is not on ${link}: ${lost}`;
  if (isShut) return { severity: "error", code: "door-cut-off", service, message, hint, unserved: "unreached" };
  return { severity: "warn", code: "missing-link", service, message, hint };
}

/**
 * What is not as it should be with a door; an error where users do not come in through it. Pure.
 *
 * @param serves id of the release that serves; `null` where it is not known
 */
export function doorFinding(
  { service, state, reason, containerId, isUnreached, routing, isDiskFull }: ObservedDoor,
  serves: string | null,
): StateFinding | null {
  const id = containerId?.slice(0, 12);
  const shut = (code: StateFindingCode, message: string, hint: string): StateFinding => ({
    severity: "error",
    code,
    service,
    message,
    hint,
    unserved: "unreached",
  });
  const absentHint = `the next sluice deploy makes it first of all${serves ? `; at once: sluice rollback ${serves}` : ""}`;
  if (state === "absent") return shut("door-absent", `${service} has no door: nobody reaches it`, absentHint);
  if (state === "stopped") {
    const message = `door ${service} does not run (${reason}): nobody reaches ${service}`;
    return shut("door-stopped", message, `docker start ${id}, or the next sluice deploy, which starts it first of all`);
  }
  if (routing === null && isDiskFull) {
    const hint = "make room first: sluice prune, docker builder prune; restart no door before there is some";
    const message = `door ${service} runs and cannot be asked where it leads, as the engine's disk is full`;
    return { severity: "warn", code: "door-silent", service, message, hint };
  }
  if (routing === null) {
    const hint = `docker restart ${id}; or sluice deploy --replace-doors, which makes it anew`;
    const message = `door ${service} runs and does not say where it leads`;
    return { severity: "warn", code: "door-silent", service, message, hint };
  }
  if (isUnreached) {
    const hint = "the next sluice deploy, also of the same release, makes it anew";
    return shut("door-unreached", `door ${service} runs, and ${reason}: nobody reaches ${service}`, hint);
  }
  if (state !== "outdated") return null;
  const hint = "the next sluice deploy replaces it, with a short gap";
  return { severity: "info", code: "door-outdated", service, message: `door ${service}: ${reason}`, hint };
}
