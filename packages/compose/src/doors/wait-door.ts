import { type DoorRouting, isSluiceError, SluiceError } from "@sluice/core";
import type { Engine } from "../engine/engine.ts";
import { logTail } from "../engine/log-tail.ts";

/** Asks the door's own process where it sends users; from the traffic adapter. */
export type ReadRouting = (door: string, signal?: AbortSignal) => Promise<DoorRouting>;

const doorBudgetMs = 10_000;
const pauseMs = 50;

/**
 * Resolves when the door's process answers. Nothing tells when a proxy has opened its socket, so it is asked again.
 *
 * @throws SluiceError DOOR_FAILED with the end of its log
 */
export async function waitDoor(
  engine: Engine,
  readRouting: ReadRouting,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  const { clock } = engine;
  const deadline = clock.monotonicMs() + doorBudgetMs;
  const docker = await engine.docker();
  for (;;) {
    signal?.throwIfAborted();
    const { State, RestartCount } = await docker.getContainer(id).inspect();
    if (!State.Running || RestartCount > 0)
      throw await doorFailure(engine, id, `stopped with exit code ${State.ExitCode}`);
    try {
      await readRouting(id, signal);
      return;
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      if (clock.monotonicMs() >= deadline) {
        throw await doorFailure(engine, id, `does not answer after ${doorBudgetMs / 1_000} s: ${error.message}`);
      }
    }
    await clock.sleep(pauseMs, signal);
  }
}

async function doorFailure(engine: Engine, id: string, why: string): Promise<SluiceError> {
  const log = await logTail(engine, id, 50).catch(() => "");
  return new SluiceError("DOOR_FAILED", `door ${id.slice(0, 12)} ${why}`, { detail: engine.redact(log) || undefined });
}
