import { appendFile } from "node:fs/promises";
import { harmlessLines, isSluiceError, messageOf, readWorkflowRun, type SluiceEvent } from "@sluice/core";

/** What a program of a workflow may touch. */
export interface Workflow {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly signal: AbortSignal;
  /** One line of the log, in which the runner finds no command. */
  readonly say: (line: string) => void;
  /** Sets an output of the step. */
  readonly output: (name: string, value: string) => Promise<void>;
  /** Adds Markdown to the summary of the job. */
  readonly summarize: (markdown: string) => Promise<void>;
}

/**
 * Runs a program of a workflow in this process: the first SIGINT or SIGTERM aborts it in order, and the exit code is its
 * own, or that of the error it ended with.
 */
export async function runProgram(program: (workflow: Workflow) => Promise<number>): Promise<void> {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => ending.abort(new Error(`told to end by ${signal}`)));
  }
  const appending = (path: string | undefined) => (path ? (text: string) => appendFile(path, text) : async () => {});
  const { outputs, summary } = readWorkflowRun(process.env);
  const workflow: Workflow = {
    env: process.env,
    directory: process.cwd(),
    signal: ending.signal,
    say: (line) => process.stdout.write(`${harmlessLines(line).join("\n")}\n`),
    output: (name, value) => appending(outputs)(`${name}=${value.replaceAll(/[\r\n]+/g, " ")}\n`),
    summarize: (markdown) => appending(summary)(`${markdown}\n`),
  };
  try {
    process.exitCode = await program(workflow);
  } catch (error) {
    process.exitCode = ending.signal.aborted ? 130 : isSluiceError(error) ? error.exitCode : 70;
    const hint = isSluiceError(error) && error.hint ? ` (${error.hint})` : "";
    const why = `${messageOf(error)}${hint}`;
    process.stderr.write(`${harmlessLines(why).join("\n")}\n`);
  }
}

/** Options of a deployer that come from the environment of a workflow. A STACK_NAME that is empty is no name. */
export function deployerOptions({ env, directory, say }: Workflow) {
  return {
    directory,
    env,
    // Empty where its secret is not there, which is refused: what Compose would say is another stack.
    stack: env["STACK_NAME"],
    stateHome: env["SLUICE_HOME"] || undefined,
    environment: env["SLUICE_ENVIRONMENT"] || undefined,
    actor: readWorkflowRun(env).actor ?? "workflow",
    onEvent: (event: SluiceEvent) => say(JSON.stringify(event)),
  };
}
