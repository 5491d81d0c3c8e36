import type { ContainerExec, MachineMemory } from "@sluice/core";

/**
 * Memory of the machine that a container runs on: /proc/meminfo is the machine's own in every container, whatever limits it
 * has, and the engine may be elsewhere than the deployer. `null` where it cannot be read.
 */
export async function readMachineMemory(
  exec: Pick<ContainerExec, "exec">,
  container: string,
  signal?: AbortSignal,
): Promise<MachineMemory | null> {
  const { exitCode, stdout } = await exec.exec(container, ["cat", "/proc/meminfo"], { signal });
  return exitCode === 0 ? parseMeminfo(new TextDecoder().decode(stdout)) : null;
}

/** https://docs.kernel.org/filesystems/proc.html#meminfo: `NAME: NUMBER kB`, in units of 1024 bytes. */
export function parseMeminfo(text: string): MachineMemory | null {
  const bytesOf = (name: string) => {
    const found = new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(text);
    return found ? Number(found[1]) * 1_024 : null;
  };
  const [availableBytes, totalBytes] = [bytesOf("MemAvailable"), bytesOf("MemTotal")];
  return availableBytes === null || totalBytes === null ? null : { availableBytes, totalBytes };
}
