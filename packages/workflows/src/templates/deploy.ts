import type { WorkflowFacts, WorkflowFile } from "../facts.ts";
import { pins } from "../pins.ts";
import { checkout, header, isCutShort, jobHead, permissions, tokenLines } from "./parts.ts";

/** A published release becomes what serves. */
export function deployWorkflow(facts: WorkflowFacts): WorkflowFile {
  const text = `${header}name: Deploy to production
on:
  release:
    types: [published]
${permissions("deploy", facts.github)}concurrency:
  # A deployment is never cancelled by the next one: it waits. Going back has a group of its own, as GitHub keeps only one
  # run waiting in each.
  group: deploy-production
  cancel-in-progress: false
jobs:
  deploy:
${jobHead(facts, 120)}    steps:
${checkout}      - id: sluice
        name: Deploy
        # exec: what cancels a job reaches sluice itself, and not only the shell around it.
        env:
${tokenLines(facts.github)}        run: exec sluice deploy --yes --wait 30m
      - name: Undo what a run that was cut short left
        # GitHub ends a cancelled step after 10 seconds, and a machine out of memory kills what it likes: users may then be at
        # a version that nobody watches. The record says how far it came; this undoes it, at once where nothing is left. A
        # machine that dies is caught up with by the next run.
        if: ${isCutShort}
        timeout-minutes: 4
        # GitHub is told of this ending, too.
        env:
${tokenLines(facts.github)}        run: exec sluice abort --yes
      - name: What serves now
        if: always()
        run: exec sluice status
      - name: Report
        if: always() && steps.sluice.outputs.outcome != ''
        continue-on-error: true
        run: exec sluice report --output "$RUNNER_TEMP/sluice-report.html"
      - name: Keep the report
        if: always() && steps.sluice.outputs.outcome != ''
        continue-on-error: true
        uses: ${pins.uploadArtifact}
        with:
          name: sluice-report
          path: \${{ runner.temp }}/sluice-report.html
          if-no-files-found: ignore
`;
  return { path: ".github/workflows/deploy-production.yml", text };
}
