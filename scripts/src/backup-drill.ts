// Takes a backup, restores it in a throw-away server, and says how long that took: the number to plan an emergency with.
// `node scripts/src/backup-drill.ts`. Exit code 0: the backup is proven.
import { createDeployer, type Deployer, type Manifest } from "@sluice/wiring";
import { deployerOptions, runProgram, type Workflow } from "./workflow.ts";

export interface Drill {
  readonly id: string;
  readonly takenMs: number;
  readonly restoredMs: number;
}

/** @param now milliseconds of a clock that never goes back */
export async function drill(
  database: Pick<Deployer["database"], "backup" | "verify">,
  now: () => number,
  signal: AbortSignal,
): Promise<Drill> {
  const call = { reason: "backup drill", waitMs: 3_600_000 };
  const begun = now();
  const taken = await database.backup(call, signal);
  const between = now();
  const { id }: Pick<Manifest, "id"> = await database.verify(taken.id, call, signal);
  return { id, takenMs: between - begun, restoredMs: now() - between };
}

export async function backupDrill(workflow: Workflow): Promise<number> {
  await using deployer = createDeployer(deployerOptions(workflow));
  const { id, takenMs, restoredMs } = await drill(deployer.database, () => performance.now(), workflow.signal);
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  const result = `backup ${id} is proven: taken in ${seconds(takenMs)} s, restored and compared in ${seconds(restoredMs)} s`;
  workflow.say(result);
  await workflow.output("backup", id);
  await workflow.summarize(`**${result}**`);
  return 0;
}

if (process.argv[1] === import.meta.filename) await runProgram(backupDrill);
