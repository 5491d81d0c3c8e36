import type { CallOptions } from "@sluice/core";
import { composeLabels, listBase } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { removeContainers, stopContainers } from "../engine/stop.ts";

/** Stops and removes the containers of one base service. Volumes stay. Idempotent. */
export async function baseRemove(
  engine: Engine,
  stack: string,
  service: string,
  options: CallOptions = {},
): Promise<void> {
  const found = await listBase(engine, stack, options.signal);
  const ids = found.filter(({ Labels }) => Labels[composeLabels.service] === service).map(({ Id }) => Id);
  await stopContainers(engine, ids, options);
  await removeContainers(engine, ids);
}
