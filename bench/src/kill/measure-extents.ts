import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CrashStage, type Extents, runSluice } from "@sluice/testing/faults";
import type { Kept } from "../kept.ts";

const key = "extents";

/**
 * How much a deployment and the way back write and take; both slots are used then. Those of an earlier run are taken
 * where they are kept, as random moments, and so the names of cases, depend on them.
 *
 * @throws Error when a command fails, or writes another number of records than in the run that was kept
 */
export async function measureExtents(
  stage: CrashStage,
  { stateHome, publish }: { readonly stateHome: string; readonly publish: (tag: string) => Promise<void> },
  kept: Kept,
): Promise<Extents> {
  const journal = join(stateHome, "journal.ndjson");
  const records = async () => (await readFile(journal, "utf8")).split("\n").length - 1;
  const extentOf = async (...args: readonly string[]) => {
    const before = await records();
    const { exitCode, ms, stdout } = await runSluice(stage, [...args, "--yes"]);
    if (exitCode !== 0) throw new Error(`${args.join(" ")} ended with ${exitCode}: ${stdout.slice(-500)}`);
    return { records: (await records()) - before, ms };
  };
  await publish("v2");
  const measured: Extents = {
    deploy: await extentOf("deploy", "--release", "v2"),
    rollback: await extentOf("rollback"),
  };
  if (!kept.has(key)) await kept.add(key, measured);
  const extents = kept.get(key) as Extents;
  for (const verb of ["deploy", "rollback"] as const) {
    if (extents[verb].records !== measured[verb].records)
      throw new Error(`a ${verb} writes other records than in the run that was kept: begin with another file`);
  }
  return extents;
}
