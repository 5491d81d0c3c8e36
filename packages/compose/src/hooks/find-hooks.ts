import { type CallOptions, labels, type StoredRelease } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, containerName } from "../engine/containers.ts";
import type { HookedContainer } from "./run-hooks.ts";
import { type HookKind, hooksOf } from "./service-hooks.ts";

/** A release as it is stored, by its id. @throws SluiceError RELEASE_UNKNOWN, BUNDLE_INVALID */
export type ReadRelease = (id: string) => Promise<Pick<StoredRelease, "model">>;

/** A start changes nothing of what is so, or makes a paused one go on. */
const started: ReadonlySet<string> = new Set(["running", "paused", "restarting"]);

/**
 * What the release of each container of a slot has to run in it. A release that cannot be read keeps nothing from being started or stopped, as it
 * may be what users are led back to: that its hooks are not run is told as output.
 */
export async function findHooks(
  containers: readonly Docker.ContainerInfo[],
  kind: HookKind,
  readRelease: ReadRelease | undefined,
  { onOutput }: Pick<CallOptions, "onOutput"> = {},
): Promise<readonly HookedContainer[]> {
  const releases = new Map<string, ReturnType<ReadRelease>>();
  const read = (id: string) => {
    const known = releases.get(id) ?? (readRelease ?? unknown)(id);
    releases.set(id, known);
    return known;
  };
  return Promise.all(
    containers.map(async (container) => {
      const { Id, State, Labels } = container;
      const found = { id: Id, isStarted: started.has(State), hooks: { postStart: [], preStop: [] } };
      if (!(Labels[labels.hooks] ?? "").split(",").includes(kind)) return found;
      try {
        const { model } = await read(Labels[labels.release] ?? "");
        return { ...found, hooks: hooksOf(model.services[Labels[composeLabels.service] ?? ""] ?? {}) };
      } catch (error) {
        const text = `${kind} is not run: ${(error as Error).message}`;
        onOutput?.({ source: containerName(container), stream: "stderr", text });
        return found;
      }
    }),
  );
}

async function unknown(id: string): Promise<never> {
  throw new Error(`nobody here knows release ${id}`);
}
