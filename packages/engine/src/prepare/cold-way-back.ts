import {
  cutOffText,
  isInSlot,
  isRunning,
  liveSlot,
  type ObservedSlot,
  type ObservedStack,
  otherSlot,
  type ReleaseBundle,
  type ResolvedProject,
  type StateFinding,
  shortServices,
  shortText,
  warmRelease,
} from "@sluice/core";
import { releaseBefore } from "../record/release-before.ts";
import { loadOrNull } from "../record/stored-release.ts";
import type { EnginePorts } from "../scope.ts";

/**
 * That the release before runs in its slot, and going back to it is no change of route all the same, as a network or a container of
 * it is gone; `null` where it is one, and where nothing runs there: then nobody takes it for warm.
 *
 * @param observed next to what serves
 */
export async function coldWayBack(
  observed: ObservedStack,
  bundles: readonly ReleaseBundle[],
  { ports, project }: { readonly ports: EnginePorts; readonly project: ResolvedProject },
  signal?: AbortSignal,
): Promise<StateFinding | null> {
  const live = liveSlot(observed);
  const slot = live && otherSlot(live.slot);
  if (!slot || !isRunning(observed.slots[slot])) return null;
  const before = await releaseBefore(live, live.release, bundles, ports);
  const isWarm = (seen: ObservedStack) => before && warmRelease(seen, before.services, live) === before.id;
  if (!before || observed.slots[slot].release !== before.id || isWarm(observed)) return null;
  // Which networks it is to be on is known by its own model alone.
  const release = await loadOrNull(ports, before.id);
  if (!release) return null;
  const own = await ports.observer.observe({ ...project, model: release.model, services: before.services }, signal);
  const reasons = isWarm(own) ? [] : whyCold(own, own.slots[slot], before);
  if (reasons.length === 0) return null;
  const message = `going back to ${before.tag} is no change of route any more: ${reasons.join(", ")}`;
  const hint = "sluice rollback makes its containers anew, and verifies them, before users are led to them";
  return { severity: "warn", code: "way-back-cold", message, hint };
}

function whyCold(
  observed: ObservedStack,
  { slot, containers }: ObservedSlot,
  { services }: ReleaseBundle,
): readonly string[] {
  const inSlots = services.filter((service) => service.active && isInSlot(service));
  const cutOff = observed.cutOff.filter((one) => one.slot === slot);
  const webs = inSlots.filter(({ role }) => role === "web");
  const ill = containers.filter(({ state, health }) => state === "running" && health === "unhealthy");
  const gone = inSlots.flatMap(({ name, role, replicas }) => {
    const count = containers.filter(({ service }) => service === name).length;
    return role === "web" || count >= replicas ? [] : [`${name} has ${count} of ${replicas} containers`];
  });
  return [
    ...cutOff.map(cutOffText),
    ...shortServices(webs, { containers }).map(shortText),
    ...gone,
    ...ill.map(({ name }) => `${name} is unhealthy`),
  ];
}
