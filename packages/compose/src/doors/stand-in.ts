import { type CallOptions, type ContainerExec, type DoorRequest, messageOf } from "@sluice/core";
import { rereadNames } from "../base/reread-names.ts";
import { composeLabels, listBase } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { removeContainers, stopContainers } from "../engine/stop.ts";
import { doorFacts } from "../model/door-facts.ts";
import { createDoor, linkEndpoints, publicEndpoints, standInName } from "./create-door.ts";
import { type ReadRouting, waitDoor } from "./wait-door.ts";

export interface StandInTools {
  readonly engine: Engine;
  readonly exec: Pick<ContainerExec, "putFiles" | "exec">;
  readonly readRouting: ReadRouting;
}

/** Whether somebody answers by the names of the service now: its door, or what plain Compose runs of it. */
export async function isAnswered({ engine }: StandInTools, { spec }: DoorRequest, isDoorRunning: boolean) {
  if (isDoorRunning) return true;
  const found = await listBase(engine, spec.stack).catch(() => []);
  return found.some(({ Labels, State }) => Labels[composeLabels.service] === spec.service && State === "running");
}

/**
 * While ports change hands nobody who asks by name has to wait: a door without ports answers by the names of the
 * service, beside what answers there until now. Every nginx in base knows it, too, when this resolves; what asks at the
 * address that goes may still wait for some seconds, and then goes to this one. Resolves with its id.
 *
 * @throws SluiceError DOOR_FAILED, IMAGE_MISSING; nothing is left then
 */
export async function placeStandIn(tools: StandInTools, request: DoorRequest, options: CallOptions): Promise<string> {
  const { engine, exec, readRouting } = tools;
  const { stack, service } = request.spec;
  // A fixed address is the door's.
  const named = publicEndpoints(doorFacts(request.model, service)).map(({ network, aliases }) => ({
    network,
    aliases,
  }));
  const endpoints = [...(await linkEndpoints(engine, request)), ...named];
  const name = standInName(stack, service);
  const docker = await engine.docker();
  await unlessStatus(docker.getContainer(name).remove({ force: true }), [404, 409], null);
  const id = await createDoor(engine, exec, request, { name, kind: "preview", endpoints });
  try {
    await docker.getContainer(id).start();
    await waitDoor(engine, readRouting, id, options.signal);
    await rereadNames(tools, stack, { ...options, edges: request.edges });
    return id;
  } catch (error) {
    await removeContainers(engine, [id]);
    throw error;
  }
}

/**
 * Every nginx learns of the door; then the stand-in answers what it is asked, for as long as a drain may take, goes, and is
 * forgotten. The door serves by now: what fails here is told, and the stand-in goes with the previews.
 */
export async function dismissStandIn(
  tools: StandInTools,
  { spec: { stack, service, drainTimeoutMs }, edges }: DoorRequest,
  id: string,
  options: CallOptions,
): Promise<void> {
  try {
    await rereadNames(tools, stack, { ...options, edges });
    await stopContainers(tools.engine, [id], {}, drainTimeoutMs);
    await removeContainers(tools.engine, [id]);
    await rereadNames(tools, stack, { ...options, edges });
  } catch (error) {
    const why = messageOf(error);
    const text = `${standInName(stack, service)} may still be there: ${why}`;
    options.onOutput?.({ source: `door ${service}`, stream: "stderr", text });
  }
}
