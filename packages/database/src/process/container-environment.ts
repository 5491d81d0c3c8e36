import { type ContainerExec, SluiceError } from "@sluice/core";

/** What a container's processes are told, whoever said it: compose files, `env_file`s or the image. */
export interface ContainerEnvironment {
  readonly all: ReadonlyMap<string, string>;
  /** The first of these that has a value, of its own or in the file that `NAME_FILE` names. */
  valueOf(names: readonly string[]): Promise<string | undefined>;
}

/** @throws SluiceError DATABASE_UNREACHABLE, EXEC_FAILED */
export async function readEnvironment(
  exec: ContainerExec,
  container: string,
  signal?: AbortSignal,
): Promise<ContainerEnvironment> {
  const { exitCode, stdout, stderr } = await exec.exec(container, ["env", "-0"], { signal });
  if (exitCode !== 0) {
    throw new SluiceError("DATABASE_UNREACHABLE", `the environment of ${container} cannot be read: ${stderr.trim()}`);
  }
  const environment = parseEnvironment(Buffer.from(stdout).toString("utf8"));
  return {
    all: environment,
    async valueOf(names) {
      for (const name of names) {
        const value = environment.get(name);
        if (value) return value;
        const file = environment.get(`${name}_FILE`);
        if (file) return readValue(exec, container, file, signal);
      }
      return undefined;
    },
  };
}

function parseEnvironment(text: string): ReadonlyMap<string, string> {
  const pairs = text.split("\0").filter((pair) => pair.includes("="));
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

async function readValue(
  exec: ContainerExec,
  container: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { exitCode, stdout } = await exec.exec(container, ["cat", file], { signal });
  // As a shell's $(cat FILE) has it.
  return exitCode === 0 ? Buffer.from(stdout).toString("utf8").replace(/\n+$/, "") : undefined;
}
