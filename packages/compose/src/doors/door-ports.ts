import { addressesMeet, labels, type ObstaclesRequest, SluiceError } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, containerName, inspectAll, isMadeOf } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import type { DoorFacts } from "../model/door-facts.ts";

/** Refuses while everything is as it was, where another container holds a port that the door is to have. */
export async function assertFree(
  engine: Engine,
  { ports }: DoorFacts,
  { stack, old }: { readonly stack: string; readonly old: string | undefined },
): Promise<void> {
  const running = await engine.call("containers cannot be listed", (docker) => docker.listContainers());
  for (const container of running) {
    const held = container.Ports.find((port) => ports.some((wanted) => collide(wanted, port)));
    if (!held || container.Id === old || !(await isRunning(engine, container.Id))) continue;
    const { what, way } = portHolder(container, { stack });
    throw new SluiceError("DOOR_FAILED", `port ${held.PublicPort} is held by ${what}`, { hint: way });
  }
}

const otherPort = "publish another port";

/**
 * Who has a port, and how to go on: users come in where Sluice has made it, or Compose under another name, and nobody is told
 * to stop that. What Compose runs may be another application, too: who took that over would replace its services. Pure.
 *
 * @param wanted for whom the port is to be free
 */
export function portHolder(
  container: Pick<Docker.ContainerInfo, "Id" | "Names" | "Labels">,
  wanted: Pick<ObstaclesRequest, "stack" | "files">,
): { readonly what: string; readonly way: string } {
  const name = containerName(container);
  const { [labels.stack]: stack, [labels.service]: service = name, [labels.kind]: kind } = container.Labels;
  const project = container.Labels[composeLabels.project] ?? wanted.stack;
  if (stack === undefined && project !== wanted.stack) {
    const what = `container ${name} of Compose project ${project}`;
    const takeOver = `take that project over, with its data: --project-name ${project}`;
    return isMadeOf(container.Labels, wanted.files ?? [])
      ? { what: `${what}, which is made of the same compose files`, way: `to ${takeOver}; or ${otherPort}` }
      : { what, way: `${otherPort}; only if ${project} is this very project under another name, ${takeOver}` };
  }
  if (stack === undefined) return { what: `container ${name}`, way: `docker stop ${name}, or ${otherPort}` };
  const way = `deploy a release of ${stack} in which ${service} does not publish it, or ${otherPort}`;
  const what =
    kind === "door" ? `the door of ${service} of stack ${stack} (${name})` : `container ${name} of stack ${stack}`;
  return { what, way };
}

/** A port as the engine, or its machine, has it. */
export type EnginePort = Pick<Docker.Port, "PublicPort" | "Type"> & { readonly IP?: string };

/** One port may be held at different addresses of the machine, see `addressesMeet`. */
export function collide(
  { published, protocol, hostIp = "" }: DoorFacts["ports"][number],
  { PublicPort, Type, IP = "" }: EnginePort,
): boolean {
  return published !== 0 && published === PublicPort && protocol === Type && addressesMeet(hostIp, IP);
}

/** The engine's list is late: it has been seen to show a container as running whose stop had ended. */
export async function isRunning(engine: Engine, id: string): Promise<boolean> {
  const [container] = await inspectAll(engine, [id]);
  return container?.State.Running ?? false;
}

/** The engine has been seen to connect a container without its port mappings. */
export function assertPublished(facts: DoorFacts, { NetworkSettings }: Docker.ContainerInspectInfo): void {
  const missing = facts.ports.find(({ target, protocol, published }) => {
    const bound = NetworkSettings.Ports[`${target}/${protocol}`] ?? [];
    return !bound.some(({ HostPort }) => published === 0 || HostPort === String(published));
  });
  if (missing) throw new SluiceError("DOOR_FAILED", `the engine did not publish port ${missing.published}`);
}
