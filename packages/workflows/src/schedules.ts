import type { WorkflowFile, WorkflowSchedule, WorkflowSchedules } from "./facts.ts";
import { workflowPath } from "./names.ts";
import { listOf, parseTree, type Tree, textOf, treeOf } from "./tree.ts";

/** Off the full hour, when GitHub starts most late. */
const crons = { backup: "17 3 * * *", drill: "41 4 * * 0", verify: "*/30 * * * *" };

/** Five fields; nothing that could end a text of YAML, or one of an expression. */
const cronPattern = /^[\w*/,-]+(?: +[\w*/,-]+){4}$/;

/**
 * When the workflows of an environment start by themselves: as people wrote into those that are there, else by night in the
 * time zone of the windows. Pure.
 */
export function schedulesOf(
  workflows: readonly WorkflowFile[],
  environment: string,
  timezone: string,
): WorkflowSchedules {
  const workflowOf = (what: "backup" | "verify") => {
    const path = workflowPath(what, environment);
    return parseTree(workflows.find((workflow) => workflow.path === path)?.text ?? "");
  };
  const [backup, drill] = backupAndDrill(workflowOf("backup"));
  const [verify] = entriesOf(workflowOf("verify"));
  const found = { backup, drill, verify };
  const scheduleOf = (what: keyof WorkflowSchedules): WorkflowSchedule => {
    const written = { cron: crons[what], timezone: timezone === "UTC" ? null : timezone };
    const existing = found[what] ?? written;
    // As it is written without a time zone: nobody chose it, so that it follows the windows.
    return existing.cron === written.cron && existing.timezone === null ? written : existing;
  };
  return { backup: scheduleOf("backup"), drill: scheduleOf("drill"), verify: scheduleOf("verify") };
}

function entriesOf(workflow: Tree): readonly WorkflowSchedule[] {
  return listOf(treeOf(workflow["on"])["schedule"]).flatMap((entry) => {
    const { cron, timezone } = treeOf(entry);
    if (!cronPattern.test(textOf(cron))) return [];
    return [{ cron: textOf(cron), timezone: textOf(timezone) || null }];
  });
}

/** The drill is what its job says; where no schedule is that any more, the second. */
function backupAndDrill(workflow: Tree): readonly (WorkflowSchedule | undefined)[] {
  const entries = entriesOf(workflow);
  const condition = textOf(treeOf(treeOf(workflow["jobs"])["drill"])["if"]);
  const drill = entries.find(({ cron }) => condition.includes(`'${cron}'`)) ?? entries[1];
  return [entries.find((entry) => entry !== drill), drill];
}
