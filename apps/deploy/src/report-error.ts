import { createEvent, type EventBody, formatPosition, isSluiceError, messageOf } from "@sluice/core";
import manifest from "../package.json" with { type: "json" };
import type { CommandContext } from "./context.ts";
import { withFlagsInHint } from "./given-flags.ts";
import type { OutputMode } from "./render/choose.ts";
import { errorLines } from "./render/plain.ts";
import { annotationPlace, shownToRunner, workflowCommand } from "./render/workflow-commands.ts";

/** An error that is not one of ours is a bug; sysexits' EX_SOFTWARE. */
export const internalErrorExitCode = 70;

/** 128 + SIGINT, whatever the signal was. */
export const interruptedExitCode = 130;

export function exitCodeOf(error: unknown): number {
  return isSluiceError(error) ? error.exitCode : internalErrorExitCode;
}

/** An error as the event that `--json` and the renderers show. */
export function errorBody(error: unknown): Extract<EventBody, { type: "error" }> {
  if (isSluiceError(error)) {
    const { code, message, hint, detail } = error;
    const position = formatPosition(error.position).replace(/: $/, "");
    return {
      type: "error",
      code,
      message,
      ...(hint ? { hint } : {}),
      ...(detail ? { detail } : {}),
      ...(position ? { position } : {}),
    };
  }
  return {
    type: "error",
    code: "INTERNAL",
    message: `internal error, please report it: ${messageOf(error)}`,
    hint: `sluice ${manifest.version}, Node.js ${process.versions.node}, ${process.platform} ${process.arch}`,
    ...(error instanceof Error && error.stack ? { detail: error.stack } : {}),
  };
}

/** Shows an error that ended a command. @param given options that hold for the commands of its hint too */
export function reportError(error: unknown, mode: OutputMode, context: CommandContext, given = ""): void {
  const told = errorBody(error);
  if (mode === "json") {
    context.stdout.write(`${JSON.stringify(createEvent(context.now(), told))}\n`);
    return;
  }
  const body = withFlagsInHint(told, given);
  if (mode === "github") {
    const text = body.hint ? `${body.message}\n${body.hint}` : body.message;
    context.stdout.write(workflowCommand("error", { title: body.code, ...annotationPlace(body.position) }, text));
  }
  const text = errorLines(body)
    .map((line) => `${line}\n`)
    .join("");
  context.stderr.write(shownToRunner(text, context.env));
}
