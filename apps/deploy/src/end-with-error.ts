import { SluiceError } from "@sluice/core";
import type { CommandContext, CommonFlags } from "./context.ts";
import { givenFlags } from "./given-flags.ts";
import { ofOutput } from "./output-failure.ts";
import { outputMode } from "./render/choose.ts";
import { exitCodeOf, interruptedExitCode, reportError } from "./report-error.ts";

/** Shows the error that ended a command, and gives the exit code. What a person interrupted needs no explanation. */
export function endWithError(thrown: unknown, flags: CommonFlags, context: CommandContext): number {
  if (context.signal.aborted) return interruptedExitCode;
  const error = ofOutput(thrown, context);
  reportError(error, outputMode(flags, context), context, givenFlags(flags));
  return exitCodeOf(error);
}

export function usageError(message: string): SluiceError {
  return new SluiceError("USAGE", message.replace(/^error: /, ""), { hint: "sluice help" });
}
