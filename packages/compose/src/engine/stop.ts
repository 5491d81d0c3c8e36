import type { CallOptions } from "@sluice/core";
import type { Engine } from "./engine.ts";
import { unlessStatus } from "./errors.ts";

/**
 * Stops containers at once, each with its own grace period or the given one. A container that `restart: always` would
 * bring back when the engine restarts is made `unless-stopped`, which is the same but for that.
 */
export async function stopContainers(
  engine: Engine,
  ids: readonly string[],
  { signal }: CallOptions = {},
  graceMs?: number,
): Promise<void> {
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
        const options = graceMs === undefined ? {} : { t: Math.ceil(graceMs / 1_000) };
        await unlessStatus(container.stop(options), [304, 404], null);
      }),
    ),
  );
}

/** Removes containers, running or not. Volumes stay. */
export async function removeContainers(engine: Engine, ids: readonly string[]): Promise<void> {
  await engine.call("containers cannot be removed", (docker) =>
    // 409: a removal of the same container is under way.
    Promise.all(ids.map((id) => unlessStatus(docker.getContainer(id).remove({ force: true }), [404, 409], null))),
  );
}
