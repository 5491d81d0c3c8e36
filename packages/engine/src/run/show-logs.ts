import { createDeadline, type ObservedContainer } from "@sluice/core";
import { settle } from "../deadline.ts";
import { type DeploymentScope, emit } from "../scope.ts";

const shownLogLines = 20;
const showMs = 10_000;

/** The last lines that containers wrote, as output, while they are still there. What cannot be read is left out. */
export async function showLogs(
  scope: DeploymentScope,
  containers: readonly ObservedContainer[],
  signal?: AbortSignal,
): Promise<void> {
  const { clock, observer } = scope.ports;
  if (containers.length === 0 || signal?.aborted) return;
  using deadline = createDeadline(clock, showMs);
  const show = async () => {
    for (const { id, name } of containers) {
      const log = await observer.logTail(id, shownLogLines);
      for (const text of log.split("\n").filter((line) => line !== "")) {
        emit(scope, { type: "output-line", source: name, stream: "stdout", text });
      }
    }
  };
  try {
    const either = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
    // Nothing of it has to be ended in good order.
    await settle(clock, either, show(), () => 0);
  } catch {
    // The log helps to understand; without it the way back must still be taken.
  }
}
