import type { ComposeRuntime } from "@sluice/compose";
import type { Clock, Prober } from "@sluice/core";
import { createProber, type JoinNetwork, type ProberOptions, type RunInside } from "@sluice/health";

/**
 * The checks of one stack, run on the engine: in its containers, through its doors, or in containers of their own.
 *
 * @param toolImage an image with socat, for looking from inside the network of a container
 */
export function createStackProber(
  stack: string,
  runtime: Pick<ComposeRuntime, "exec" | "inspect" | "runOneOff" | "provideImage" | "throwAway">,
  clock: Clock,
  references: Pick<ProberOptions, "environment" | "onSecrets"> = {},
  toolImage?: () => Promise<string>,
): Prober {
  return createProber({
    ...references,
    exec: runtime.exec,
    clock,
    inspect: (container, signal) => runtime.inspect(container, signal),
    runOneOff: (request, signal) => runtime.runOneOff({ ...request, stack }, signal),
    ...(toolImage
      ? { runInside: insideOf(stack, runtime, toolImage), joinNetwork: joinOf(stack, runtime, toolImage) }
      : {}),
    provideImage: (image, signal) => runtime.provideImage(stack, image, signal),
  });
}

function insideOf(
  stack: string,
  runtime: Pick<ComposeRuntime, "runOneOff">,
  toolImage: () => Promise<string>,
): RunInside {
  return async ({ container, command, slot }, signal) =>
    runtime.runOneOff({ stack, slot, image: await toolImage(), command, inside: container }, signal);
}

const joinedMemoryBytes = 128 * 1024 * 1024;

function joinOf(
  stack: string,
  runtime: Pick<ComposeRuntime, "throwAway">,
  toolImage: () => Promise<string>,
): JoinNetwork {
  return async (joins, signal) =>
    runtime.throwAway.start(
      {
        stack,
        image: await toolImage(),
        kind: "check",
        purpose: "beside",
        environment: {},
        command: ["sleep", "86400"],
        memoryBytes: joinedMemoryBytes,
        joins,
      },
      signal,
    );
}
