import type { ComposeModel, ObservedBaseService, ServiceFacts } from "@sluice/core";
import type Docker from "dockerode";
import { isCurrent } from "../base/base-hashes.ts";
import { composeLabels, isAnonymousVolume, observedContainer } from "../engine/containers.ts";
import { volumeNames } from "../networks/base-networks.ts";
import { runsInSlot } from "../networks/ensure-networks.ts";

/** What lives in base: neither in slots nor run once nor kept from production. */
export function isInBase(service: ServiceFacts): boolean {
  return service.active && service.role !== "tool" && !runsInSlot(service);
}

/** Named volumes that containers of a service have, and that it is to have no more: what is in them stays there. Pure. */
export function volumesLeft(
  containers: readonly Pick<Docker.ContainerInspectInfo, "Mounts">[],
  model: ComposeModel,
  service: string,
): readonly string[] {
  const names = volumeNames(model);
  const wanted = new Set((model.services[service]?.volumes ?? []).map(({ source = "" }) => names[source] ?? source));
  const had = containers.flatMap(({ Mounts }) =>
    Mounts.flatMap(({ Type, Name = "" }) => (Type === "volume" && !isAnonymousVolume(Name) ? [Name] : [])),
  );
  return [...new Set(had)].filter((name) => !wanted.has(name));
}

/** A base service next to what the model wants of it. @param left see `volumesLeft` */
export function observeBaseService(
  service: ServiceFacts,
  containers: readonly Docker.ContainerInspectInfo[],
  hashes: readonly string[] | undefined,
  left: readonly string[] = [],
): ObservedBaseService {
  const found = { service: service.name, containers: containers.map(observedContainer) };
  if (containers.length === 0 && service.replicas > 0)
    return { ...found, state: "absent", reason: "it is not there yet" };
  const changed = containers.find((container) => !isCurrent(container, hashes));
  if (changed) {
    const label = changed.Config.Labels[composeLabels.configHash] ?? "none";
    const wanted = hashes?.[0] ?? "none";
    const leaves = left.length > 0 ? `, and it leaves what is in volume ${left.join(" and ")}` : "";
    const reason = `its configuration changed (${label.slice(0, 12)} runs, ${wanted.slice(0, 12)} is wanted)${leaves}`;
    return { ...found, state: "changed", reason };
  }
  if (containers.length !== service.replicas) {
    const count = `${containers.length} ${containers.length === 1 ? "container" : "containers"}`;
    return { ...found, state: "changed", reason: `${count}, ${service.replicas} are wanted` };
  }
  const stopped = containers.find(({ State }) => !State.Running);
  if (stopped) return { ...found, state: "stopped", reason: `${stopped.Name.slice(1)} is ${stopped.State.Status}` };
  return { ...found, state: "current", reason: "" };
}
