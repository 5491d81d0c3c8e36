import type { MachineMemory } from "../../model/machine-memory.ts";

const leastShare = 0.05;
const leastBytes = 134_217_728;

/**
 * Bytes that must be available beside what runs: with less, the kernel may kill what serves as soon as something grows.
 *
 * @param configured `rollout.minFreeMemory`. Default: 128 MiB, or a twentieth of the machine's if that is more
 */
export function leastMemory(totalBytes: number, configured?: number): number {
  return configured ?? Math.max(leastBytes, totalBytes * leastShare);
}

/**
 * Why a version that serves nobody should not go on running, for people; `null` where it may. What is not known counts as
 * enough. Pure.
 */
export function tooLittleMemory(memory: MachineMemory | null, configured?: number): string | null {
  if (!memory) return null;
  const { availableBytes, totalBytes } = memory;
  const least = leastMemory(totalBytes, configured);
  if (availableBytes >= least) return null;
  const mebibytes = (bytes: number) => Math.floor(bytes / 1_048_576);
  return `${mebibytes(availableBytes)} MiB of ${mebibytes(totalBytes)} MiB memory are available on the engine's machine, ${mebibytes(least)} MiB are wanted`;
}
