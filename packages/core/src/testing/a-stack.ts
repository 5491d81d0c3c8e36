import type { DoorRouting } from "../model/door.ts";
import { isInSlot } from "../model/placement.ts";
import type { ServiceFacts } from "../model/service.ts";
import { otherSlot, type Slot } from "../model/slot.ts";
import type { ObservedContainer, ObservedDoor, ObservedSlot, ObservedStack } from "../model/stack.ts";
import { aService } from "./a-service.ts";

/** A container that runs and is healthy. */
export function aContainer(service: string, overrides: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: `${service}-1`,
    name: `shop-${service}-1`,
    service,
    imageId: `sha256:${service}`,
    state: "running",
    health: "healthy",
    restartCount: 0,
    exitCode: 0,
    oomKilled: false,
    startedAt: "2026-01-01T00:00:00.000Z",
    finishedAt: "",
    release: null,
    deployment: null,
    ...overrides,
  };
}

/** A slot whose web and worker services all run. */
export function aSlot(slot: Slot, release: string, services: readonly string[] = ["web"]): ObservedSlot {
  const containers = services.map((service) =>
    aContainer(service, { id: `${slot}-${service}`, name: `shop-${slot}-${service}-1`, release, deployment: "d1" }),
  );
  return { slot, release, deployment: "d1", containers };
}

/** A door that is as it should be. */
export function aDoor(
  service: string,
  routing: DoorRouting | null,
  overrides: Partial<ObservedDoor> = {},
): ObservedDoor {
  return { service, state: "current", reason: "", containerId: `door-${service}`, routing, ...overrides };
}

export interface StackParts extends Partial<Omit<ObservedStack, "slots">> {
  readonly services?: readonly ServiceFacts[] | undefined;
  /** What users reach; a stack that was never deployed to without it. */
  readonly live?: { readonly slot: Slot; readonly release: string } | undefined;
  /** The release in the other slot: its web services run, its workers are stopped. */
  readonly warm?: string | undefined;
}

/** A stack as observed: empty, or with a live release, its doors, and a base that is current. */
export function aStack({ services, live, warm, ...overrides }: StackParts = {}): ObservedStack {
  const all = (services ?? [aService("web"), aService("db", { role: "data" })]).filter(({ active }) => active);
  const inSlots = all.filter(isInSlot);
  const names = inSlots.map(({ name }) => name);
  const webs = inSlots.filter(({ role }) => role === "web").map(({ name }) => name);
  const inBase = all.filter(
    (service) => !inSlots.includes(service) && service.role !== "job" && service.role !== "tool",
  );
  const slots: Record<Slot, ObservedSlot> = { blue: emptySlot("blue"), green: emptySlot("green") };
  if (live) slots[live.slot] = aSlot(live.slot, live.release, names);
  if (live && warm) slots[otherSlot(live.slot)] = aWarmSlot(aSlot(otherSlot(live.slot), warm, names), webs);
  return {
    stack: "shop",
    homeId: live ? "home" : null,
    slots,
    base: live
      ? Object.fromEntries(
          inBase.map(({ name }) => [
            name,
            { service: name, state: "current" as const, reason: "", containers: [aContainer(name)] },
          ]),
        )
      : {},
    doors: live
      ? Object.fromEntries(webs.map((name) => [name, aDoor(name, { stable: live.slot, share: 0, salt: 0 })]))
      : {},
    plain: [],
    orphans: [],
    missingLinks: [],
    cutOff: [],
    redefined: [],
    foreign: [],
    leftovers: [],
    ...overrides,
  };
}

function aWarmSlot(slot: ObservedSlot, webs: readonly string[]): ObservedSlot {
  const containers = slot.containers.map((container) =>
    webs.includes(container.service) ? container : { ...container, state: "exited" as const },
  );
  return { ...slot, containers };
}

function emptySlot(slot: Slot): ObservedSlot {
  return { slot, release: null, deployment: null, containers: [] };
}
