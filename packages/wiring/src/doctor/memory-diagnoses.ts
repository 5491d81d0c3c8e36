import { type Diagnosis, leastMemory, type MachineMemory } from "@sluice/core";

/** Whether a second version has room beside the first. */
export function memoryDiagnoses({ availableBytes, totalBytes }: MachineMemory): readonly Diagnosis[] {
  if (availableBytes >= leastMemory(totalBytes)) return [];
  const mebibytes = (bytes: number) => Math.floor(bytes / 1_048_576);
  return [
    {
      severity: "warn",
      code: "memory-low",
      what: `${mebibytes(availableBytes)} MiB of ${mebibytes(totalBytes)} MiB memory are available`,
      why: "during a deployment two versions run side by side; the kernel may kill the one that serves",
      mend: "docker stats --no-stream shows who uses it; rollout.keep: stopped frees what the version before holds",
    },
  ];
}
