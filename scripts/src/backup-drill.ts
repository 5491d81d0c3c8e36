// Takes a backup, restores it in a throw-away server, and says how long that took: the number to plan an emergency with.
// `node --conditions=sluice-source /opt/sluice/scripts/src/backup-drill.ts`, in the checkout of the project; /opt/sluice is the checkout of
// Sluice. Exit code 0: the backup is proven.
import { createDeployer, type Deployer, type Manifest, markdownText } from "@sluice/wiring";
import { deployerOptions, runProgram, type Workflow } from "./workflow.ts";

export interface Drill {
  readonly id: string;
  readonly takenMs: number;
  readonly restoredMs: number;
  /** What was restored is what the database had held. Not every way to back one up can tell. */
  readonly isCompared: boolean;
  /** What the restore, and the comparison where there was one, say nothing of. */
  readonly notTested: readonly string[];
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
  const { id, verified }: Manifest = await database.verify(taken.id, call, signal);
  return {
    id,
    takenMs: between - begun,
    restoredMs: now() - between,
    isCompared: verified.some(({ level }) => level === "compared"),
    // The highest level is the last.
    notTested: verified.at(-1)?.notTested ?? [],
  };
}

/** What a drill has shown, and no more, in a line. Pure. */
export function drillText({ id, takenMs, restoredMs, isCompared, notTested }: Drill): string {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const restored = `${isCompared ? "restored and compared" : "restored"} in ${seconds(restoredMs)}`;
  const rest = isCompared || notTested.length === 0 ? "" : `; not tested: ${notTested.join(", ")}`;
  return `backup ${id} is proven: taken in ${seconds(takenMs)}, ${restored}${rest}`;
}

export async function backupDrill(workflow: Workflow): Promise<number> {
  await using deployer = createDeployer(deployerOptions(workflow));
  const done = await drill(deployer.database, () => performance.now(), workflow.signal);
  const result = drillText(done);
  workflow.say(result);
  await workflow.output("backup", done.id);
  await workflow.summarize(`**${markdownText(result)}**`);
  return 0;
}

if (process.argv[1] === import.meta.filename) await runProgram(backupDrill);
