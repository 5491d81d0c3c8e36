import { type ContainerExec, isSluiceError } from "@sluice/core";

/** Whether a container has a program, and it ends with 0. */
export async function succeeds(
  exec: ContainerExec,
  container: string,
  command: readonly string[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    return (await exec.exec(container, command, { signal })).exitCode === 0;
  } catch (error) {
    // A program that is not there cannot be started.
    if (isSluiceError(error) && error.code === "EXEC_FAILED") return false;
    throw error;
  }
}
