import { SluiceError } from "@sluice/core";
import type { CommandContext, CommonFlags } from "./context.ts";
import { givenFlags } from "./given-flags.ts";
import { interruptionError, isInterruption } from "./interruption.ts";
import { ofOutput } from "./output-failure.ts";
import { outputMode } from "./render/choose.ts";
import { exitCodeOf, reportError } from "./report-error.ts";

/**
 * Shows the error that ended a command, and gives the exit code. What a person interrupted needs no explanation, unless that
 * failed; a program is told in any case.
 */
export function endWithError(thrown: unknown, flags: CommonFlags, context: CommandContext): number {
  const mode = outputMode(flags, context);
  const isInterrupted = isInterruption(thrown, context);
  const error = isInterrupted ? interruptionError(context.signal) : ofOutput(thrown, context);
  if (!isInterrupted || mode === "json") reportError(error, mode, context, givenFlags(flags));
  return exitCodeOf(error);
}

export function usageError(message: string): SluiceError {
  return new SluiceError("USAGE", message.replace(/^error: /, ""), { hint: "sluice help" });
}
