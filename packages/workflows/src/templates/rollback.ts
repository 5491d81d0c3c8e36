import type { WorkflowFacts, WorkflowFile } from "../facts.ts";
import { slugOf, workflowPath } from "../names.ts";
import { checkoutWhereNoneIs, header, jobHead, permissions, tokenLines, undoStep } from "./parts.ts";

/** A person goes back, to the release before or to one that is chosen. */
export function rollbackWorkflow(facts: WorkflowFacts): WorkflowFile {
  const slug = slugOf(facts.environment.name);
  const text = `${header}name: Roll back ${slug}
on:
  workflow_dispatch:
    inputs:
      release:
        description: Tag to go back to, as \`sluice history\` lists them; empty for the one before
        type: string
        default: ""
      reason:
        description: Why, for the record
        type: string
        required: true
${permissions("rollback", facts.github)}concurrency:
  group: rollback-${slug}
  cancel-in-progress: false
jobs:
  rollback:
${jobHead(facts, facts.minutes.rollback)}    steps:
${checkoutWhereNoneIs(facts)}      - id: sluice
        name: Go back
        # What a person typed comes as a variable, never as text of the script.
        env:
${tokenLines(facts.github)}          RELEASE: \${{ inputs.release }}
          REASON: \${{ inputs.reason }}
        run: exec sluice rollback --yes --wait 10m --reason="$REASON" -- \${RELEASE:+"$RELEASE"}
${undoStep(facts)}      - name: What serves now
        if: always()
        run: exec sluice status
`;
  return { path: workflowPath("rollback", facts.environment.name), text };
}
