import { type ComposeModel, labels, type NetworkGuest, type ServiceFacts, slotServices } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, containerName } from "../engine/containers.ts";
import { type Engine, withSignal } from "../engine/engine.ts";
import { isExternal, linkedNetworks, networkName } from "../model/networks.ts";
import { isEdge } from "../roles/edge-rules.ts";
import { shapeOf } from "../roles/service-shape.ts";

export interface GuestRequest {
  readonly stack: string;
  readonly model: ComposeModel;
  readonly services: readonly ServiceFacts[];
}

/** Containers of others that run on networks of the project from which a slot has links alone. */
export async function listGuests(
  engine: Engine,
  request: GuestRequest,
  signal?: AbortSignal,
): Promise<readonly NetworkGuest[]> {
  const network = keysOf(request).map((key) => networkName(request.model, key));
  if (network.length === 0) return [];
  const found = await engine.call("containers cannot be listed", (docker) =>
    docker.listContainers({ filters: { network }, ...withSignal(signal) }),
  );
  return networkGuests(request, found);
}

/** Of such containers, those that a service in a slot may want to reach: not a proxy, which calls and is not called. Pure. */
export function networkGuests(
  request: GuestRequest,
  containers: readonly Pick<Docker.ContainerInfo, "Id" | "Names" | "Labels" | "Image" | "NetworkSettings">[],
): readonly NetworkGuest[] {
  const { stack, model } = request;
  const others = containers.filter(({ Labels, Image }) => {
    // In a slot of another stack it has no name that anybody could call it by.
    if (Labels[labels.stack] === stack || Labels[labels.slot] !== undefined) return false;
    return (
      Labels[composeLabels.project] !== stack && !isEdge(shapeOf(Labels[composeLabels.service] ?? "", { image: Image }))
    );
  });
  return keysOf(request).flatMap((key) => {
    const network = networkName(model, key);
    return others
      .filter(({ NetworkSettings }) => network in NetworkSettings.Networks)
      .map((container) => ({ container: containerName(container), key, network }));
  });
}

function keysOf({ model, services }: GuestRequest): readonly string[] {
  return linkedNetworks(model, slotServices(services)).filter((key) => !isExternal(model, key));
}
