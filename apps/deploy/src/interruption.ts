import { isAbortOf, messageOf, SluiceError } from "@sluice/core";
import type { CommandContext } from "./context.ts";

/** Whether what ended a command is no more than its interruption: a terminal that is closed takes the output along. */
export function isInterruption(
  error: unknown,
  { signal, outputClosed }: Pick<CommandContext, "signal" | "outputClosed">,
): boolean {
  return isAbortOf(error, signal) || (signal.aborted && outputClosed.aborted && error === outputClosed.reason);
}

/** An interruption as an error, for whoever reads events. */
export function interruptionError({ reason }: AbortSignal): SluiceError {
  return new SluiceError("INTERRUPTED", messageOf(reason), { cause: reason });
}
