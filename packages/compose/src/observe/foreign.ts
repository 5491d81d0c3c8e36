import {
  type ForeignProject,
  foreignFindings,
  labels,
  SluiceError,
  type StackPlace,
  slots,
  stackNames,
} from "@sluice/core";
import type Docker from "dockerode";
import { readClaim } from "../base/claim.ts";
import { composeLabels, containerName, listContainers } from "../engine/containers.ts";
import { type Engine, withSignal } from "../engine/engine.ts";
import type { PlaceRequest } from "../model/slot-model.ts";

interface Labelled {
  readonly Labels?: Readonly<Record<string, string>> | undefined;
}

/** Compose goes by the names of projects alone: what others have under one that the stack needs. */
export async function listForeign(
  engine: Engine,
  stack: string,
  signal?: AbortSignal,
): Promise<readonly ForeignProject[]> {
  const ofCompose = { filters: { label: [composeLabels.project] }, ...withSignal(signal) };
  const [containers, networks] = await Promise.all([
    // Images that Compose has built are labelled with a project too, and any container of them then.
    listContainers(engine, [composeLabels.project, composeLabels.oneOff], signal),
    engine.call("networks cannot be listed", (docker) => docker.listNetworks(ofCompose)),
  ]);
  return Promise.all(
    foreignProjects(stack, containers, networks).map(async (found) => {
      const isStack = found.owner === null && (await readClaim(engine, found.project)) !== null;
      return isStack ? { ...found, owner: found.project } : found;
    }),
  );
}

/**
 * Of what Compose has made on the engine. All that Sluice makes in a slot is labelled with its stack; in base nothing is,
 * but what another stack has in a slot of that name.
 */
export function foreignProjects(
  stack: string,
  containers: readonly Pick<Docker.ContainerInfo, "Id" | "Names" | "Labels">[],
  networks: readonly Pick<Docker.NetworkInspectInfo, "Name" | "Labels">[],
): readonly ForeignProject[] {
  const places: readonly StackPlace[] = ["base", ...slots, "rehearsal"];
  return places.flatMap((place): readonly ForeignProject[] => {
    const project = place === "base" ? stack : stackNames.slotProject(stack, place);
    const unmarked = place === "base" ? stack : null;
    const isOwn = ({ Labels }: Labelled) => (Labels?.[labels.stack] ?? unmarked) === stack;
    const there = {
      containers: containers.filter(({ Labels }) => Labels[composeLabels.project] === project),
      networks: networks.filter(({ Labels }) => Labels?.[composeLabels.project] === project),
    };
    const all: readonly Labelled[] = [...there.containers, ...there.networks];
    const foreign = all.filter((one) => !isOwn(one));
    if (foreign.length === 0) return [];
    return [
      {
        project,
        place,
        containers: there.containers.filter((one) => !isOwn(one)).map(containerName),
        networks: there.networks.filter((one) => !isOwn(one)).map(({ Name }) => Name),
        isShared: foreign.length < all.length,
        owner: foreign.flatMap(({ Labels }) => Labels?.[labels.stack] ?? [])[0] ?? null,
      },
    ];
  });
}

/**
 * Compose would take what is there for its own: another image for the containers, other settings for the networks.
 *
 * @throws SluiceError PREFLIGHT_FAILED
 */
export async function assertOwnProject(
  engine: Engine,
  { stack, slot }: Pick<PlaceRequest, "stack" | "slot">,
): Promise<void> {
  const foreign = await listForeign(engine, stack);
  const [found] = foreignFindings({ stack, foreign: foreign.filter(({ place }) => place === slot) });
  if (found) throw new SluiceError("PREFLIGHT_FAILED", found.message, { hint: found.hint });
}
