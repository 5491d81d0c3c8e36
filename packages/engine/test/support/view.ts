import { otherSlot, type Slot } from "@sluice/core";
import type { WorldContainer, WorldDoor } from "@sluice/testing";
import type { Scenario } from "./scenario.ts";

/**
 * What users and the machine have, whichever slot it is in: the same lines wherever the same release serves, and nothing else is left of
 * others. Of data and support it says only that they run: what has run with another image stays.
 */
export function viewOf({ world: { state } }: Scenario): readonly string[] {
  const containers = [...state.containers.values()];
  const tagOf = (release: string | null) => state.bundles.get(release ?? "")?.bundle.tag ?? "nobody";
  const inBase = containers.flatMap((one) => {
    if (one.place !== "base" && one.place !== "plain") return [];
    const ports = one.facts.ports.map(({ published }) => published);
    return [`${one.place} ${one.service} ${madeOf(one)} at ${inOrder(ports)}: ${one.state}`];
  });
  const doors = [...state.doors.values()].map((door) => {
    const to = shares(door).map((slot) => tagOf(serverOf(door, slot, containers)));
    return `door ${door.service} at ${inOrder(door.ports)}: ${door.running ? to.join(" and ") : "down"}`;
  });
  const workers = containers.flatMap(({ place, service, facts, release, state: is }) =>
    facts.role === "worker" && isSlot(place) && is === "running" ? [`worker ${service} of ${tagOf(release)}`] : [],
  );
  return [...inBase, ...doors, ...workers].toSorted();

  function madeOf({ facts, service, imageId, file }: WorldContainer): string {
    if (isKept(facts.role)) return "kept";
    if (!facts.builds) return file ?? "";
    const builtFor = [...state.bundles.values()].find(({ bundle }) => bundle.images[service] === imageId);
    return builtFor?.bundle.tag ?? "nobody's";
  }
}

/** The lines of which there are too many, or that are missing. Data and support of another release may stay, and run on. */
export function differences(scenario: Scenario, wanted: readonly string[]): readonly string[] {
  const seen = viewOf(scenario);
  const isLeft = (line: string) => /^base \w+ kept at : /.test(line);
  const missing = wanted.filter((line) => !seen.includes(line)).map((line) => `missing: ${line}`);
  const more = seen.filter((line) => !wanted.includes(line) && !isLeft(line)).map((line) => `left: ${line}`);
  return [...missing, ...more];
}

function inOrder(ports: readonly number[]): string {
  return ports.toSorted((a, b) => a - b).join(" ");
}

function isKept(role: string): boolean {
  return role === "data" || role === "support";
}

function isSlot(place: WorldContainer["place"]): place is Slot {
  return place === "blue" || place === "green";
}

/** Slots that a door has users in. */
function shares({ routing: { stable, share } }: WorldDoor): readonly Slot[] {
  if (stable === null) return [];
  return [...(share < 100 ? [stable] : []), ...(share > 0 ? [otherSlot(stable)] : [])];
}

function serverOf({ service, listen }: WorldDoor, slot: Slot, containers: readonly WorldContainer[]): string | null {
  const server = containers.find(
    (one) =>
      one.place === slot &&
      one.service === service &&
      one.state === "running" &&
      (one.facts.port === null || listen.includes(one.facts.port)),
  );
  return server?.release ?? null;
}
