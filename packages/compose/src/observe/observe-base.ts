import {
  type BaseChange,
  type ComposeModel,
  isPinned,
  type ObservedBaseService,
  type ServiceFacts,
  stateText,
  volumesOf,
} from "@sluice/core";
import type Docker from "dockerode";
import { isCurrent } from "../base/base-hashes.ts";
import { composeLabels, isAnonymousVolume, observedContainer } from "../engine/containers.ts";
import { otherDirectories } from "./other-directories.ts";

/**
 * What it means for the data of a base service that its containers get what the model says of it. Pure.
 *
 * @param there names of those of the model's volumes that are on the engine
 */
export function baseChange(
  containers: readonly Pick<Docker.ContainerInspectInfo, "Mounts" | "Config">[],
  model: ComposeModel,
  service: Pick<ServiceFacts, "name" | "builds" | "role">,
  there: readonly string[],
): BaseChange {
  const { name } = service;
  const mounts = containers.flatMap(({ Mounts }) => Mounts);
  const had = unique(
    mounts.flatMap(({ Type, Name = "" }) => (Type === "volume" && !isAnonymousVolume(Name) ? [Name] : [])),
  );
  const wanted = volumesOf(model, name);
  const takes = wanted.filter((volume) => !had.includes(volume));
  const leaves = had.filter((volume) => !wanted.includes(volume));
  const runs = containers[0]?.Config.Image;
  const image = model.services[name]?.image;
  const directories = otherDirectories(mounts, model.services[name]?.volumes);
  const isOther = !isPinned(service) && runs !== undefined && image !== undefined && runs !== image;
  return {
    leaves,
    takes,
    makes: takes.filter((volume) => !there.includes(volume)),
    keepsOthers: mounts.some(({ RW, Name = "" }) => RW && !leaves.includes(Name)),
    ...(directories.length > 0 && { directories }),
    ...(isOther && { image: { runs, wanted: image } }),
  };
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

/** A base service next to what the model wants of it. @param changeOf what it means that its configuration changed */
export function observeBaseService(
  service: ServiceFacts,
  containers: readonly Docker.ContainerInspectInfo[],
  hashes: readonly string[] | undefined,
  changeOf?: () => BaseChange,
): ObservedBaseService {
  const found = { service: service.name, containers: containers.map(observedContainer) };
  if (containers.length === 0 && service.replicas > 0)
    return { ...found, state: "absent", reason: "it is not there yet" };
  const changed = containers.find((container) => !isCurrent(container, hashes));
  if (changed) {
    const label = changed.Config.Labels[composeLabels.configHash] ?? "none";
    const wanted = hashes?.[0] ?? "none";
    const change = changeOf?.();
    const left = change?.leaves ?? [];
    const others = (change?.directories ?? []).map(
      ({ target, runs, wanted: to }) => `, and its ${target} is to be directory ${to}, not ${runs}`,
    );
    const leaves = left.length > 0 ? `, and it leaves what is in volume ${left.join(" and ")}` : "";
    const both = `${label.slice(0, 12)} runs, ${wanted.slice(0, 12)} is wanted`;
    const image = change?.image ? `, and ${change.image.runs} becomes ${change.image.wanted}` : "";
    const reason = `its configuration changed (${both})${image}${leaves}${others.join("")}`;
    return { ...found, state: "changed", reason, ...(change && { change }) };
  }
  if (containers.length !== service.replicas) {
    const count = `${containers.length} ${containers.length === 1 ? "container" : "containers"}`;
    return { ...found, state: "changed", reason: `${count}, ${service.replicas} are wanted` };
  }
  const stopped = containers.find(({ State }) => !State.Running || State.Paused);
  if (stopped)
    return {
      ...found,
      state: "stopped",
      reason: `${stopped.Name.slice(1)} is ${stateText(observedContainer(stopped))}`,
    };
  return { ...found, state: "current", reason: "" };
}
