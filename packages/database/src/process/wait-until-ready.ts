import {
  type Clock,
  type ContainerExec,
  type ExecOptions,
  isSluiceError,
  SluiceError,
  type ThrowAway,
} from "@sluice/core";

const startTimeoutMs = 120_000;

export interface ReadyRequest {
  readonly container: ThrowAway;
  readonly exec: ContainerExec;
  readonly clock: Clock;
  /** Ends with 0 once the server takes connections for good. */
  readonly probe: readonly string[];
  readonly environment?: ExecOptions["environment"];
}

/**
 * Waits until a throw-away server takes connections. No event tells, so this asks again.
 *
 * @throws SluiceError START_FAILED with the end of its log, DEADLINE_EXCEEDED after 2 minutes
 */
export async function waitUntilReady(request: ReadyRequest, signal?: AbortSignal): Promise<void> {
  const { container, clock } = request;
  const deadline = clock.monotonicMs() + startTimeoutMs;
  for (;;) {
    const state = await container.inspect(signal);
    if (state?.state !== "running" && state?.state !== "created") {
      const detail = await container.logTail(30).catch(() => "");
      const how = state
        ? `ended with exit code ${state.exitCode}${state.oomKilled ? ", out of memory" : ""}`
        : "is gone";
      throw new SluiceError("START_FAILED", `the throw-away server ${how}`, { detail: detail || undefined });
    }
    if (await answers(request, signal)) return;
    if (clock.monotonicMs() >= deadline) {
      const detail = await container.logTail(30).catch(() => "");
      throw new SluiceError(
        "DEADLINE_EXCEEDED",
        `the throw-away server takes no connections after ${startTimeoutMs / 1_000} s`,
        { detail: detail || undefined },
      );
    }
    await clock.sleep(100, signal);
  }
}

/**
 * A probe that is asked again inside the container, for some five seconds: each call from outside takes the engine longer than a server
 * takes to answer. By the clock, as a probe may take a second itself, and whoever waits looks only between two calls at its state.
 */
const again = `
end=$(($(date +%s) + 5))
until "$@" > /dev/null 2>&1; do
  [ "$(date +%s)" -lt "$end" ] || exit 1
  sleep 0.1 2> /dev/null || sleep 1
done
`;

async function answers(
  { exec, container, probe, environment }: ReadyRequest,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const run = (command: readonly string[]) => exec.exec(container.id, command, { environment, signal });
  try {
    const ended = await run(["sh", "-c", again, "sh", ...probe]).catch((error: unknown) => {
      // Where there is no shell.
      if (isSluiceError(error) && error.code === "EXEC_FAILED") return run(probe);
      throw error;
    });
    return ended.exitCode === 0;
  } catch {
    // It may have ended meanwhile; the next look at its state tells.
    signal?.throwIfAborted();
    return false;
  }
}
