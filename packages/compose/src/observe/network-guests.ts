import {
  type ComposeModel,
  type ComposeNetwork,
  labels,
  type NetworkGuest,
  type ServiceFacts,
  slotServices,
} from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, containerName } from "../engine/containers.ts";
import { type Engine, withSignal } from "../engine/engine.ts";
import { isExternal, joinedExternals, linkedNetworks, networkKeys, networkName } from "../model/networks.ts";
import { isEdge } from "../roles/edge-rules.ts";
import { shapeOf } from "../roles/service-shape.ts";

export interface GuestRequest {
  readonly stack: string;
  readonly model: ComposeModel;
  readonly services: readonly ServiceFacts[];
}

/** Containers of others that run on networks of the project, or external ones, that no container of a slot is on itself. */
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

/**
 * Of such containers, those that a service in a slot may want to reach: not a proxy, which calls and is not called; and of what is on an
 * external network, where all that the proxy leads to is, only what such a service calls by a name. Pure.
 */
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
    const found = others
      .filter(({ NetworkSettings }) => network in NetworkSettings.Networks)
      .filter((container) => !isExternal(model, key) || isCalled(request, key, container));
    if (found.length === 0) return [];
    const remedy = remedyOf(request, key);
    return found.map((container) => ({
      container: containerName(container),
      key,
      network,
      ...(remedy ? { remedy } : {}),
    }));
  });
}

function keysOf({ model, services }: GuestRequest): readonly string[] {
  const linked = linkedNetworks(model, slotServices(services)).filter((key) => !isExternal(model, key));
  const left = slotServices(services).flatMap(({ name }) => {
    const joined = joinedExternals(model, services, name).map(({ key }) => key);
    return networkKeys(model.services[name]).filter((key) => isExternal(model, key) && !joined.includes(key));
  });
  return [...new Set([...linked, ...left])];
}

type Guest = Pick<Docker.ContainerInfo, "Id" | "Names" | "Labels">;

/** Whether variables or the command of a service in slots that is on the network have a name of the container, and none that an active service of the project has. */
function isCalled({ model, services }: GuestRequest, key: string, guest: Guest): boolean {
  const names = [guest.Labels[composeLabels.service], guest.Labels[labels.service], containerName(guest)];
  const written = namesOn({ model, services }, key).map((name) => model.services[name]);
  const texts = written.flatMap((service) => [
    ...Object.values(service?.environment ?? {}),
    ...[service?.entrypoint ?? [], service?.command ?? []].flat(),
  ]);
  const isOwn = (name: string) => services.some((one) => one.active && one.name === name);
  // Whole names: `api` is not meant by `auth-api`, nor by `api.example.com`.
  const words = new Set(texts.flatMap((text) => text?.split(/[^\w.-]+/) ?? []));
  return names.some((name) => name !== undefined && !isOwn(name) && words.has(name));
}

function namesOn({ model, services }: Pick<GuestRequest, "model" | "services">, key: string): readonly string[] {
  const names = slotServices(services).map(({ name }) => name);
  return names.filter((name) => networkKeys(model.services[name]).includes(key));
}

/** Tried on the model: a network that is there for a proxy alone is joined by no slot. */
function remedyOf({ model, services }: GuestRequest, key: string): NetworkGuest["remedy"] {
  const names = namesOn({ model, services }, key);
  const joins = (changed: ComposeModel, joined: string) =>
    names.every((name) => joinedExternals(changed, services, name).some((one) => one.key === joined));
  const asExternal = (of: string, name: string): Readonly<Record<string, ComposeNetwork | null>> => ({
    ...model.networks,
    [of]: { name, external: true },
  });
  if (!isExternal(model, key) && joins({ ...model, networks: asExternal(key, networkName(model, key)) }, key)) return;
  const further = `${key}+`;
  const given = names.map((name) => {
    const written = model.services[name] ?? {};
    return [name, { ...written, networks: { ...(written.networks ?? { default: null }), [further]: null } }] as const;
  });
  const widened = { ...model.services, ...Object.fromEntries(given) };
  return joins({ ...model, services: widened, networks: asExternal(further, further) }, further)
    ? "further"
    : "recreate";
}
