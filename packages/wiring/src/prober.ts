import type { ComposeRuntime } from "@sluice/compose";
import type { Clock, Prober } from "@sluice/core";
import { createProber, type ProberOptions } from "@sluice/health";

/** The checks of one stack, run on the engine: in its containers, through its doors, or in containers of their own. */
export function createStackProber(
  stack: string,
  runtime: Pick<ComposeRuntime, "exec" | "inspect" | "runOneOff" | "provideImage">,
  clock: Clock,
  references: Pick<ProberOptions, "environment" | "onSecrets"> = {},
): Prober {
  return createProber({
    ...references,
    exec: runtime.exec,
    clock,
    inspect: (container, signal) => runtime.inspect(container, signal),
    runOneOff: (request, signal) => runtime.runOneOff({ ...request, stack }, signal),
    provideImage: (image, signal) => runtime.provideImage(stack, image, signal),
  });
}
