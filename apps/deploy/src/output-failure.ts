import type { CommandContext } from "./context.ts";
import { fileError } from "./file-error.ts";

type Output = Pick<CommandContext, "outputClosed">;

/**
 * Runs what only shows something: it ends with its reader, and well, as `| head` has seen enough. What acts is not run
 * by this: nobody would be told that it failed.
 */
export async function whileRead(
  context: Pick<CommandContext, "signal" | "outputClosed">,
  run: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  try {
    return await run(AbortSignal.any([context.signal, context.outputClosed]));
  } catch (error) {
    if (isReaderGone(context) && !context.signal.aborted) return 0;
    throw error;
  }
}

/** @throws SluiceError USAGE where a part of what was written got lost, and not only nobody reads it any more */
export function assertOutputWritten(context: Output): void {
  if (context.outputClosed.aborted && !isReaderGone(context)) throw outputError(context);
}

/** An error that is no more than the news that the standard output cannot be written, as such; others as they are. */
export function ofOutput(error: unknown, context: Output): unknown {
  if (!context.outputClosed.aborted) return error;
  const isTheSame = error === context.outputClosed.reason || codeOf(error)?.startsWith("ERR_STREAM_");
  return isTheSame ? outputError(context) : error;
}

function outputError({ outputClosed }: Output): unknown {
  return fileError(outputClosed.reason, "the standard output cannot be written", "write to a place that takes it");
}

function isReaderGone({ outputClosed }: Output): boolean {
  return outputClosed.aborted && codeOf(outputClosed.reason) === "EPIPE";
}

function codeOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
