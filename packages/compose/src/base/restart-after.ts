import type { CallOptions, ContainerExec, ServiceFacts } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, inspectAll, listBase } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { engineError } from "../engine/errors.ts";
import { readEngineTime } from "../engine/start.ts";
import { waitContainer } from "../slots/wait-ready.ts";

interface RestartTools {
  readonly engine: Engine;
  readonly exec: ContainerExec;
}

/**
 * Restarts what of a base service runs since before a container of one of the others was made, all at once, and waits until it is
 * ready.
 *
 * @throws SluiceError START_FAILED, NOT_READY
 */
export async function restartAfter(
  { engine, exec }: RestartTools,
  stack: string,
  { name, startBudget: budget }: ServiceFacts,
  others: readonly string[],
  options: CallOptions = {},
): Promise<void> {
  const found = await listBase(engine, stack, options.signal);
  const of = (services: readonly string[]) => {
    const own = found.filter(({ Labels }) => services.includes(Labels[composeLabels.service] ?? ""));
    return inspectAll(
      engine,
      own.map(({ Id }) => Id),
      options.signal,
    );
  };
  const [own, made] = await Promise.all([of([name]), of(others)]);
  const nowMs = own.length > 0 && made.length > 0 ? await readEngineTime(engine) : 0;
  await Promise.all(
    outlived(own, made, nowMs).map(async ({ Id: id }) => {
      options.signal?.throwIfAborted();
      await restart(engine, id);
      await waitContainer(engine, exec, { id, budget }, options);
    }),
  );
}

type Container = Pick<Docker.ContainerInspectInfo, "Id" | "Created"> & {
  readonly State: Pick<Docker.ContainerInspectInfo["State"], "Running" | "StartedAt">;
};

/**
 * Those that run since before one of the others was made. All moments are of the engine's clock: one that runs since later than now was
 * started before that was set back, and nobody knows when. Pure.
 */
export function outlived<T extends Container>(
  containers: readonly T[],
  others: readonly Pick<Container, "Created">[],
  nowMs: number,
): readonly T[] {
  if (others.length === 0) return [];
  const madeAt = Math.max(...others.map(({ Created }) => Date.parse(Created)));
  return containers.filter(({ State: { Running, StartedAt } }) => {
    const startedAt = Date.parse(StartedAt);
    return Running && (startedAt < madeAt || startedAt > nowMs);
  });
}

/** The engine stops it, with its own grace period, and starts it, whatever becomes of whoever asked. */
async function restart(engine: Engine, id: string): Promise<void> {
  const docker = await engine.docker();
  try {
    await docker.getContainer(id).restart();
  } catch (error) {
    throw engineError(error, `container ${id.slice(0, 12)} cannot be restarted`, "START_FAILED");
  }
}
