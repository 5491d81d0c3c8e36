import type { ContainerExec } from "@sluice/core";

/** What a container's processes are told, whoever said it: compose files, `env_file`s or the image. */
export interface ContainerEnvironment {
  readonly all: ReadonlyMap<string, string>;
  /** The first of these that has a value, of its own or in the file that `NAME_FILE` names. */
  valueOf(names: readonly string[]): Promise<string | undefined>;
}

/** @throws SluiceError EXEC_FAILED */
export async function readEnvironment(
  exec: ContainerExec,
  container: string,
  signal?: AbortSignal,
): Promise<ContainerEnvironment> {
  const environment = await exec.environment(container, signal);
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
