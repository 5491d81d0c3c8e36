import type { ComposeModel, Slot } from "@sluice/core";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { networkKeys } from "../model/networks.ts";
import { listLinks } from "./links.ts";

/**
 * Removes the links of a slot that carry networks which the model does not have any more, as far as no container is on them, running
 * or not: a release that has such a network again makes its link anew. Done when the slot's own containers are gone.
 */
export async function removeStaleLinks(
  engine: Engine,
  { stack, slot, model }: { readonly stack: string; readonly slot: Slot; readonly model: ComposeModel },
): Promise<void> {
  const known = new Set([...Object.keys(model.networks ?? {}), ...Object.values(model.services).flatMap(networkKeys)]);
  const links = await listLinks(engine, stack);
  const stale = links.filter((link) => link.slot === slot && !known.has(link.key));
  await engine.call(`links of slot ${slot} that carry nothing cannot be removed`, (docker) =>
    Promise.all(
      stale.map(async ({ name }) => {
        // The engine refuses only while something runs there; what is stopped could not start any more.
        const attached = await docker.listContainers({ all: true, filters: { network: [name] } });
        // 403: something is on it by now. 404: it is gone.
        if (attached.length === 0) await unlessStatus(docker.getNetwork(name).remove(), [403, 404], null);
      }),
    ),
  );
}
