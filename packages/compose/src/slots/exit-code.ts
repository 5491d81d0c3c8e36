import type Docker from "dockerode";
import { type Engine, withSignal } from "../engine/engine.ts";
import { statusOf } from "../engine/errors.ts";

const pauseMs = 1_000;
/** Connections that break one after the other before an engine is taken to be gone: half a minute. */
const mostBroken = 30;

export interface ExitCodeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Waits on after the signal, for what stops the container then; only nobody asks again. Default: the signal ends it. */
  readonly awaitsStop?: boolean | undefined;
}

/**
 * How a container that was started ends, which may be long ago. A connection that breaks says nothing of the container:
 * the engine is asked again.
 *
 * @throws what the engine answers, or why it does not answer any more; the signal's reason
 */
export async function exitCodeOf(
  { clock }: Pick<Engine, "clock">,
  container: Pick<Docker.Container, "wait">,
  { signal, awaitsStop = false }: ExitCodeOptions = {},
): Promise<number> {
  const options = { condition: "not-running", ...(awaitsStop ? {} : withSignal(signal)) } as const;
  for (let broken = 0; ; ) {
    const beganMs = clock.monotonicMs();
    try {
      const ended = (await container.wait(options)) as { readonly StatusCode: number };
      return ended.StatusCode;
    } catch (error) {
      signal?.throwIfAborted();
      const hasHeld = clock.monotonicMs() - beganMs > pauseMs;
      broken = hasHeld ? 1 : broken + 1;
      if (statusOf(error) !== undefined || broken > mostBroken) throw error;
    }
    await clock.sleep(pauseMs, signal);
  }
}
