import { slots } from "@sluice/core";
import { containersIn, isUp, type WorldState } from "./state.ts";
import { isPublic, type Reach, usersOf } from "./users.ts";

/**
 * Looks at the world after every effect and says what of the promises is broken.
 *
 * @param served services that users reach, all of them, as of the last effect
 */
export function createPromises(state: WorldState, violation: (what: string) => void, served: Set<string>): () => void {
  return () => {
    const users = usersOf(state);
    for (const [service, reach] of Object.entries(users)) {
      if (state.gaps.has(service)) continue;
      const lost = reach["lost"] ?? 0;
      if (lost > 0 && served.has(service)) violation(`${lost} of 100 users of ${service} are lost`);
      if (lost === 0 && isProven(state, service, reach)) served.add(service);
      else served.delete(service);
    }
    noteOpenRequests(state, users);
    findDoubleWorkers(state, violation);
  };
}

/** A first release that nobody has promoted may still be taken away: there is nothing to give back. */
function isProven(state: WorldState, service: string, reach: Reach): boolean {
  if (reach["none"]) return false;
  if (reach["plain"] || reach["base"]) return true;
  const stable = [...state.doors.values()].find((door) => door.service === service && isPublic(door))?.routing.stable;
  return stable !== undefined && stable !== null && containersIn(state, stable, service).some(isUp);
}

function noteOpenRequests(state: WorldState, users: ReturnType<typeof usersOf>): void {
  for (const [service, reach] of Object.entries(users)) {
    for (const slot of slots) {
      const up = [...state.containers.values()].filter(
        (container) => container.place === slot && container.service === service && isUp(container),
      );
      if (up.some(({ release }) => release !== null && (reach[release] ?? 0) > 0)) state.open.add(`${service}@${slot}`);
    }
  }
}

function findDoubleWorkers(state: WorldState, violation: (what: string) => void): void {
  const places = new Map<string, Set<string>>();
  for (const { facts, service, place, state: is } of state.containers.values()) {
    if (facts.role !== "worker" || facts.overlap || is !== "running") continue;
    places.set(service, (places.get(service) ?? new Set()).add(place));
  }
  for (const [service, running] of places) {
    if (running.size > 1) violation(`worker ${service} runs twice: in ${[...running].join(" and ")}`);
  }
}
