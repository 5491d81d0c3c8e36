import { CommanderError } from "commander";
import type { CommandContext } from "./context.ts";
import { createProgram, type Invocation } from "./program.ts";

const usageExitCode = 2;

/** Runs one command line and gives its exit code. Errors are shown here, and nowhere else. */
export async function runCli(argv: readonly string[], context: CommandContext): Promise<number> {
  const json = argv.includes("--json");
  const invocation: Invocation = { flags: { json }, exitCode: 0, isDeployment: false };
  const program = createProgram(context, invocation);
  for (const command of [program, ...program.commands, ...program.commands.flatMap((parent) => parent.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => context.stdout.write(text),
      // With --json the same is told as an event.
      writeErr: (text) => (json ? undefined : context.stderr.write(text)),
      getOutHelpWidth: () => context.stdout.columns || 100,
      getErrHelpWidth: () => context.stdout.columns || 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  }
  try {
    await program.parseAsync([...argv], { from: "user" }).catch(unlessAskedFor);
    await context.written();
    // That words got lost makes no deployment undone: its exit code says what serves.
    if (context.outputClosed.aborted && invocation.exitCode === 0 && !invocation.isDeployment) {
      const { assertOutputWritten } = await import("./output-failure.ts");
      assertOutputWritten(context);
    }
    return invocation.exitCode;
  } catch (error) {
    // Shown by commander already, unless it is to be told as an event.
    if (error instanceof CommanderError && !json) return usageExitCode;
    const { endWithError, usageError } = await import("./end-with-error.ts");
    return endWithError(error instanceof CommanderError ? usageError(error.message) : error, invocation.flags, context);
  }
}

/** Commander ends by an error also after the help or the version, which somebody wanted. */
function unlessAskedFor(error: unknown): void {
  if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
}
