import { type ContainerExec, isSluiceError } from "@sluice/core";

/** What is free on the file system of a container's directory; `null` where the container cannot tell: it needs `df`. */
export async function freeBytesIn(
  exec: ContainerExec,
  container: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  try {
    const { exitCode, stdout } = await exec.exec(container, ["df", "-P", "-k", directory], { signal });
    return exitCode === 0 ? parseFree(Buffer.from(stdout).toString("utf8")) : null;
  } catch (error) {
    signal?.throwIfAborted();
    // A program that is not there cannot be started.
    if (isSluiceError(error) && error.code === "EXEC_FAILED") return null;
    throw error;
  }
}

/** The fourth column, in KiB, of the one line after the head; names of devices and mount points may hold blanks. */
export function parseFree(text: string): number | null {
  const [, free] = /\s\d+\s+\d+\s+(\d+)\s+\d+%\s/.exec(text) ?? [];
  return free === undefined ? null : Number(free) * 1024;
}
