import { type ChildProcess, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface StepCall {
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For scripts and environment files; a directory of this step alone. */
  readonly directory: string;
  /** Told what the step writes, and what can be signalled. */
  readonly onOutput?: ((text: string, entry: ChildProcess) => void) | undefined;
}

export interface StepResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly exported: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs the script of a step as a runner does: `bash -e FILE`, with environment files that are read afterwards. */
export async function runStep({ script, cwd, env, directory, onOutput }: StepCall): Promise<StepResult> {
  const file = (name: string) => join(directory, name);
  await writeFile(file("step.sh"), script);
  const files = { GITHUB_OUTPUT: file("output"), GITHUB_ENV: file("env"), GITHUB_STEP_SUMMARY: file("summary") };
  for (const path of Object.values(files)) await writeFile(path, "");
  const entry = spawn("bash", ["-e", file("step.sh")], {
    cwd,
    env: { ...env, ...files },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [entry.stdout, entry.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      onOutput?.(output, entry);
    });
  }
  const ended = await new Promise<Pick<StepResult, "exitCode" | "signal">>((resolve, reject) => {
    entry.once("error", reject);
    entry.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const [outputs, exported, summary] = await Promise.all(
    [files.GITHUB_OUTPUT, files.GITHUB_ENV, files.GITHUB_STEP_SUMMARY].map((path) => readFile(path, "utf8")),
  );
  return {
    ...ended,
    output,
    outputs: parseEnvironmentFile(outputs ?? ""),
    exported: parseEnvironmentFile(exported ?? ""),
    summary: summary ?? "",
  };
}

/** `NAME=VALUE`, and `NAME<<END`, lines, `END`. */
export function parseEnvironmentFile(text: string): Readonly<Record<string, string>> {
  const pattern = /^(?<long>[^=\n]+?)<<(?<end>.+)\n(?<lines>[\s\S]*?)\n?^\k<end>$|^(?<name>[^=\n]+)=(?<value>.*)$/gm;
  return Object.fromEntries(
    [...text.matchAll(pattern)].map(({ groups = {} }) =>
      groups["long"] === undefined ? [groups["name"], groups["value"]] : [groups["long"], groups["lines"]],
    ),
  );
}

/**
 * Ends a step as a runner does that was told to cancel its job: SIGINT to the step's entry process, SIGTERM after 7.5
 * seconds, SIGKILL after 2.5 more (https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation).
 *
 * @param pace 1 for those times, less for quicker
 */
export async function cancelStep(entry: ChildProcess, pace = 1): Promise<void> {
  const ended = new Promise<true>((resolve) => {
    entry.once("exit", () => resolve(true));
  });
  const within = async (ms: number) => {
    let timeout: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timeout = setTimeout(() => resolve(false), ms * pace);
    });
    const isEnded = await Promise.race([ended, late]);
    clearTimeout(timeout);
    return isEnded;
  };
  entry.kill("SIGINT");
  if (await within(7_500)) return;
  entry.kill("SIGTERM");
  if (await within(2_500)) return;
  entry.kill("SIGKILL");
}
