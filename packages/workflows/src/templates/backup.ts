import type { WorkflowFacts, WorkflowFile } from "../facts.ts";
import { slugOf, workflowPath } from "../names.ts";
import { checkoutWhereNoneIs, header, jobHead, permissions, scheduled, tokenLines } from "./parts.ts";

/** A backup each night, proven by restoring it, and once a week a drill with what lies in the store. */
export function backupWorkflow(facts: WorkflowFacts): WorkflowFile {
  const { github, schedules, minutes } = facts;
  const { backup, drill } = schedules;
  const comparing = github.anchor ? `        env:\n${tokenLines(github)}` : "";
  const slug = slugOf(facts.environment.name);
  const text = `${header}name: Back up ${slug}
on:
  schedule:
${scheduled(backup, "the backup")}${scheduled(drill, "the drill")}  workflow_dispatch:
${permissions("look", github)}concurrency:
  group: backup-${slug}
  cancel-in-progress: false
jobs:
  backup:
    if: github.event.schedule != '${drill.cron}'
${jobHead(facts, minutes.backup)}    steps:
${checkoutWhereNoneIs(facts)}      - name: Back up, and restore it in a throw-away server
        run: exec sluice db backup --verify --wait 1h --reason "nightly backup"
      - name: Backups
        if: always()
        run: exec sluice db list
  drill:
    if: github.event.schedule == '${drill.cron}'
${github.anchor ? permissions("compare-record", github, "    ") : ""}${jobHead(facts, minutes.backup)}    steps:
${checkoutWhereNoneIs(facts)}      - name: Restore the newest backup as it lies in the store
        run: exec sluice db verify --wait 1h --reason "weekly drill"
      - name: The record is as it was written
        if: always()
${comparing}        run: exec sluice audit verify${github.anchor ? " --github" : ""}
`;
  return { path: workflowPath("backup", facts.environment.name), text };
}
