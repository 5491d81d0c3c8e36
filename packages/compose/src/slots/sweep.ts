import { labels, type Slot, stackNames } from "@sluice/core";
import type Docker from "dockerode";
import { listContainers, listSlot, slotLabels } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { removeContainers } from "../engine/stop.ts";
import { leftoversOf } from "../observe/leftovers.ts";
import { removeWithVolumes, sweepThrowAways } from "../throw-away/throw-away-containers.ts";

/** Every container that was made for a stack, in its slots and beside them: doors, previews, jobs, rehearsals. */
export function listMade(engine: Engine, stack: string): Promise<readonly Docker.ContainerInfo[]> {
  return listContainers(engine, [`${labels.stack}=${stack}`]);
}

/** Puts right what dead attempts left beside the slots: removes it, and gives a door that serves its name. */
export async function sweep(engine: Engine, stack: string): Promise<void> {
  await sweepTrials(engine, stack);
  const found = await listMade(engine, stack);
  const left = leftoversOf({ stack }, found).flatMap(({ container, rename }) => (rename ? [] : [container]));
  await removeContainers(
    engine,
    left.map(({ Id }) => Id),
  );
  const kept = found.filter((container) => !left.includes(container));
  await engine.call("doors cannot get their names", (docker) =>
    Promise.all(
      leftoversOf({ stack }, kept).map(async ({ container, rename }) => {
        // 404, 409: it is gone, or what had the name is still going.
        if (rename) await unlessStatus(docker.getContainer(container.Id).rename({ name: rename }), [404, 409], null);
      }),
    ),
  );
}

/** What dead trials left: first what may have the volume of a throw-away container, which else would outlive both. */
export async function sweepTrials(engine: Engine, stack: string): Promise<void> {
  await removeRehearsal(engine, stack);
  await sweepThrowAways(engine, stack);
}

/** What a rehearsal made: containers with their volumes, then its networks, which a copy of the database may be on. */
export async function removeRehearsal(engine: Engine, stack: string): Promise<void> {
  const found = await listSlot(engine, stack, "rehearsal");
  await Promise.all(found.map(({ Id }) => removeWithVolumes(engine, Id)));
  await emptyNetworks(engine, stack, "rehearsal");
  await removeSlotNetworks(engine, stack, "rehearsal");
}

async function emptyNetworks(engine: Engine, stack: string, slot: Slot | "rehearsal"): Promise<void> {
  await engine.call(`networks of ${stackNames.slotProject(stack, slot)} cannot be emptied`, async (docker) => {
    const networks = await docker.listNetworks({ filters: { label: [...slotLabels(stack, slot)] } });
    const details = await Promise.all(
      networks.map(({ Id }) =>
        unlessStatus(docker.getNetwork(Id).inspect() as Promise<Docker.NetworkInspectInfo>, [404], null),
      ),
    );
    const endpoints = details.flatMap((network) =>
      Object.keys(network?.Containers ?? {}).map((Container) => ({ id: network?.Id ?? "", Container })),
    );
    const left = endpoints.map(({ id, Container }) => docker.getNetwork(id).disconnect({ Container, Force: true }));
    // 403, 404, 409: it has left meanwhile, or is being removed.
    await Promise.all(left.map((leaving) => unlessStatus(leaving, [403, 404, 409], null)));
  });
}

/** Networks that were made in a slot, those that `unwanted` names; containers must be gone. */
export async function removeSlotNetworks(
  engine: Engine,
  stack: string,
  slot: Slot | "rehearsal",
  unwanted: (network: Docker.NetworkInspectInfo) => boolean = () => true,
): Promise<void> {
  await engine.call(`networks of ${stackNames.slotProject(stack, slot)} cannot be removed`, async (docker) => {
    const networks = await docker.listNetworks({ filters: { label: [...slotLabels(stack, slot)] } });
    const removed = networks.filter(unwanted);
    await Promise.all(removed.map(({ Id }) => unlessStatus(docker.getNetwork(Id).remove(), [404], null)));
  });
}
