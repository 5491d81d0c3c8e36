import type { WorkflowFacts, WorkflowFile } from "./facts.ts";
import { migrationFile } from "./migration-file.ts";
import { backupWorkflow } from "./templates/backup.ts";
import { deployWorkflow } from "./templates/deploy.ts";
import { rollbackWorkflow } from "./templates/rollback.ts";
import { verifyWorkflow } from "./templates/verify.ts";

/** The workflows of a project, and the compose file they need where its migration was a step of a workflow. */
export function projectWorkflows(facts: WorkflowFacts): readonly WorkflowFile[] {
  return [
    deployWorkflow(facts),
    rollbackWorkflow(facts),
    ...(facts.hasDatabase ? [backupWorkflow(facts)] : []),
    verifyWorkflow(facts),
    ...(facts.migration ? [migrationFile(facts.migration)] : []),
  ];
}
