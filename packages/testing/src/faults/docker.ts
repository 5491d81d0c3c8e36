import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A command that must succeed; what it printed. */
export async function output(
  command: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const [file, ...args] = command;
  const { stdout } = await run(file, args, { ...options, maxBuffer: 16 * 1_048_576 });
  return stdout;
}

/** The docker command line on the engine that the environment names. */
export const docker = ({ env }: { readonly env: NodeJS.ProcessEnv }, ...args: readonly string[]): Promise<string> =>
  output(["docker", ...args], { env });

export const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
