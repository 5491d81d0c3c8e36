import { type ContainerExec, isSluiceError } from "@sluice/core";

/** What is free on the file system of a container's directory; `null` where the container cannot tell: it needs `df`. */
export async function freeBytesIn(
  exec: ContainerExec,
  container: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const text = await df(exec, container, [directory], signal);
  return text === null ? null : parseFree(text);
}

/** In any container: its own files lie where the engine keeps those of all, and mostly the volumes that it makes. */
export const engineDisk = "/";

/** Whether two directories of a container are on one file system; so it is where the container cannot tell. */
export async function isOnOneFileSystem(
  exec: ContainerExec,
  container: string,
  directories: readonly [string, string],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const text = await df(exec, container, directories, signal);
  const [one, other] = text === null ? [] : parseMounts(text);
  return one === undefined || other === undefined || one === other;
}

async function df(
  exec: ContainerExec,
  container: string,
  directories: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    const { exitCode, stdout } = await exec.exec(container, ["df", "-P", "-k", ...directories], { signal });
    return exitCode === 0 ? Buffer.from(stdout).toString("utf8") : null;
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

/** The last column of each line after the head. */
export function parseMounts(text: string): readonly string[] {
  return Array.from(text.matchAll(/\s\d+\s+\d+\s+\d+\s+\d+%\s+(.*)$/gm), ([, mount = ""]) => mount);
}
