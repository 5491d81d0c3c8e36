import { SluiceError } from "@sluice/core";
import type Docker from "dockerode";
import { inspectAll } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import type { DoorFacts } from "../model/door-facts.ts";

/** Refuses while everything is as it was, where another container holds a port that the door is to have. */
export async function assertFree(engine: Engine, { ports }: DoorFacts, old: string | undefined): Promise<void> {
  const running = await engine.call("containers cannot be listed", (docker) => docker.listContainers());
  for (const { Id, Ports, Names } of running) {
    const held = Ports.find(({ PublicPort, Type }) =>
      ports.some(({ published, protocol }) => published !== 0 && published === PublicPort && protocol === Type),
    );
    if (!held || Id === old || !(await isRunning(engine, Id))) continue;
    throw new SluiceError("DOOR_FAILED", `port ${held.PublicPort} is held by container ${Names[0]?.slice(1)}`, {
      hint: `docker stop ${Names[0]?.slice(1)}`,
    });
  }
}

/** The engine's list is late: it has been seen to show a container as running whose stop had ended. */
async function isRunning(engine: Engine, id: string): Promise<boolean> {
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
