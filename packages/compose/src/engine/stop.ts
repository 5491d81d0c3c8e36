import type { CallOptions } from "@sluice/core";
import type Docker from "dockerode";
import type { Engine } from "./engine.ts";
import { unlessStatus } from "./errors.ts";
import { hookNote } from "./start.ts";

/**
 * Stops containers at once, each with its own grace period or the given one. A container that `restart: always` would
 * bring back when the engine restarts is made `unless-stopped`, which is the same but for that.
 *
 * @param graceMs milliseconds; default: the container's own
 * @throws the signal's reason, also when they have stopped meanwhile: what was to follow must not
 */
export async function stopContainers(
  engine: Engine,
  ids: readonly string[],
  { signal }: CallOptions = {},
  graceMs?: number,
): Promise<void> {
  try {
    await engine.call("containers cannot be stopped", (docker) =>
      Promise.all(
        ids.map(async (id) => {
          signal?.throwIfAborted();
          const container = docker.getContainer(id);
          const details = await unlessStatus(container.inspect(), [404], null);
          if (!details) return;
          if (details.HostConfig.RestartPolicy?.Name === "always") {
            await container.update({ RestartPolicy: { Name: "unless-stopped" } });
          }
          signal?.throwIfAborted();
          await stopContainer(engine, details, graceMs);
        }),
      ),
    );
  } finally {
    signal?.throwIfAborted();
  }
}

/**
 * Stops one container, which may be gone. The engine goes on with it whatever becomes of whoever asked, which is noted for
 * whoever comes after: a start of the same container ends it first, see `startContainers`.
 *
 * @param graceMs milliseconds; default: the container's own
 */
export async function stopContainer(
  engine: Engine,
  { Id: id, State }: Pick<Docker.ContainerInspectInfo, "Id" | "State">,
  graceMs?: number,
): Promise<void> {
  const docker = await engine.docker();
  if (State.Running) await engine.stopNotes?.set(id, State.StartedAt).catch(() => undefined);
  const options = graceMs === undefined ? {} : { t: Math.ceil(graceMs / 1_000) };
  const stop = unlessStatus(docker.getContainer(id).stop(options), [304, 404], null);
  const ended = stop.catch(() => undefined);
  engine.stops.set(id, ended);
  try {
    await stop;
  } catch (error) {
    // Somebody would kill what runs for a stop that nobody asked the engine for.
    if (wasNeverAsked(error)) await engine.stopNotes?.remove(id).catch(() => undefined);
    throw error;
  } finally {
    if (engine.stops.get(id) === ended) engine.stops.delete(id);
  }
  await engine.stopNotes?.remove(id).catch(() => undefined);
}

/** There was no connection to an engine. */
function wasNeverAsked(error: unknown): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code === "ECONNREFUSED" || code === "ENOENT" || code === "EACCES";
}

export interface RemoveOptions {
  /** Their anonymous volumes go with them; named ones stay. Default: all volumes stay. */
  readonly withVolumes?: boolean | undefined;
}

/** Removes containers, running or not. */
export async function removeContainers(
  engine: Engine,
  ids: readonly string[],
  { withVolumes = false }: RemoveOptions = {},
): Promise<void> {
  const options: Docker.ContainerRemoveOptions = { force: true, v: withVolumes };
  await engine.call("containers cannot be removed", (docker) =>
    // 409: a removal of the same container is under way.
    Promise.all(ids.map((id) => unlessStatus(docker.getContainer(id).remove(options), [404, 409], null))),
  );
  const { stopNotes } = engine;
  const notes = ids.flatMap((id) => [id, hookNote(id)]);
  if (stopNotes) await Promise.all(notes.map((note) => stopNotes.remove(note).catch(() => undefined)));
}
