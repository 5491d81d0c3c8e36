import type { Diagnosis, EngineFacts } from "@sluice/core";

const mebibytes = (bytes: number) => Math.floor(bytes / 1_048_576);

/** What is wrong with the engine itself. Versions that are too old are thrown by whoever reads them. */
export function engineDiagnoses({ freeDiskBytes }: EngineFacts, minFreeDisk: number): readonly Diagnosis[] {
  if (freeDiskBytes === null || freeDiskBytes >= minFreeDisk) return [];
  return [
    {
      severity: "error",
      code: "disk-low",
      what: `the engine's disk has ${mebibytes(freeDiskBytes)} MiB free, less than preflight.minFreeDisk (${mebibytes(minFreeDisk)} MiB)`,
      why: "a full disk stops databases and logs of what serves, not only builds: deployments are refused before that",
      mend: "sluice prune, then docker builder prune",
    },
  ];
}
