import type { ComposeModel, ServiceFacts } from "@sluice/core";
import { acceptedHashes, builtImages, isCurrent } from "../base/base-hashes.ts";
import { composeLabels, inspectAll, listBase } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { runsInSlot } from "../model/placement.ts";
import { networkNames } from "./base-networks.ts";
import { baseEndpoints, connect } from "./connect.ts";
import type { Link } from "./links.ts";
import { lostNetworks, withEndpoints } from "./lost-networks.ts";
import { namedNetworks } from "./named-networks.ts";

/** Connects every base container to networks that it was made with and is not on any more, and to the links of all it is on then. */
export async function connectBase(
  engine: Engine,
  { model, services }: { readonly model: ComposeModel; readonly services: readonly ServiceFacts[] },
  links: readonly Link[],
): Promise<void> {
  const names = networkNames(model);
  const slotServices = new Set(services.filter(runsInSlot).map(({ name }) => name));
  const found = await listBase(engine, model.name);
  const ids = found.filter(({ Labels }) => !slotServices.has(Labels[composeLabels.service] ?? "")).map(({ Id }) => Id);
  const containers = await namedNetworks(engine, await inspectAll(engine, ids));
  const suspects = containers.map((container) => ({ container, lost: lostNetworks({ model, services }, container) }));
  // Compose needs 120 ms for the hashes: not where nothing is lost.
  const hashes = suspects.some(({ lost }) => lost.length > 0)
    ? await acceptedHashes(engine, model, { containers, built: builtImages(containers, services) })
    : {};
  await Promise.all(
    suspects.map(async ({ container, lost }) => {
      // One that was made from something else was made with other networks, too.
      const service = container.Config.Labels[composeLabels.service] ?? "";
      const back = isCurrent(container, hashes[service]) ? lost : [];
      await connect(engine, container, [...back, ...baseEndpoints(withEndpoints(container, back), links, names)]);
    }),
  );
}
