import type { WorkflowFacts, WorkflowFile, WorkflowVariable } from "../facts.ts";
import { slugOf, workflowPath } from "../names.ts";
import { pins } from "../pins.ts";
import { deploymentOutputs, deploymentVariable } from "../step-variables.ts";
import { checkout, endingOutput, header, jobHead, permissions, scalar, tokenLines, undoStep } from "./parts.ts";

/** A published release becomes what serves. */
export function deployWorkflow(facts: WorkflowFacts): WorkflowFile {
  const slug = slugOf(facts.environment.name);
  const text = `${header}name: Deploy to ${slug}
on:
  release:
${trigger(facts)}${permissions("deploy", facts.github)}concurrency:
  # A deployment is never cancelled by the next one: it waits. Going back has a group of its own, as GitHub keeps only one
  # run waiting in each.
  group: deploy-${slug}
  cancel-in-progress: false
jobs:
  deploy:
${reviewed(facts)}${jobHead({ ...facts, variables: variablesOf(facts) }, facts.minutes.deploy)}${outputs}    steps:
${checkout(facts)}      - id: sluice
        name: Deploy
        # exec: what cancels a job reaches sluice itself, and not only the shell around it.
        env:
${tokenLines(facts.github)}        run: exec sluice deploy --yes --wait 30m
${undoStep(facts)}      - name: What serves now
        if: always()
        run: exec sluice status
      - name: Report
        # Of the deployment that this run made. One that was refused has none, and the newest is that of another run.
        if: always() && steps.sluice.outputs.deployment != ''
        continue-on-error: true
        env:
          ${deploymentVariable}: ${deploymentOutputs.made}
        run: exec sluice report "$${deploymentVariable}" --output "$RUNNER_TEMP/sluice-report.html"
      - name: Keep the report
        if: always() && steps.sluice.outputs.deployment != ''
        continue-on-error: true
        uses: ${pins.uploadArtifact}
        with:
          name: sluice-report
          path: \${{ runner.temp }}/sluice-report.html
          if-no-files-found: ignore
`;
  return { path: workflowPath("deploy", facts.environment.name), text };
}

function variablesOf({ variables, releaseVariables }: WorkflowFacts): readonly WorkflowVariable[] {
  const all = [...variables, ...releaseVariables];
  return [...new Map(all.map((variable) => [variable.name, variable])).values()];
}

/** How it ended, for jobs that come after. */
const outputs = `    outputs:
${["outcome", "serving", "slot", "previous", "exit-reason"]
  .map((name) => `      ${name}: ${endingOutput(name)}\n`)
  .join("")}`;

/**
 * GitHub publishes a prerelease that becomes a full release no second time: that is `released`, and so is publishing a full
 * one. https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#release
 */
function trigger({ environment }: WorkflowFacts): string {
  if (environment.takesPrereleases) return "    types: [published]\n";
  return "    # A full release is published, or a prerelease becomes one. Prereleases start nothing here.\n    types: [released]\n";
}

/**
 * Only a job that names the environment waits for its reviewers. The deployment that GitHub would make by itself is not
 * wanted where Sluice shows one.
 * https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/control-deployments
 */
function reviewed({ environment, github }: WorkflowFacts): string {
  const name = scalar(environment.onGithub);
  const comment = "    # Its required reviewers are asked first, where it has some.\n";
  if (!github.deployments) return `${comment}    environment: ${name}\n`;
  const ownDeployment =
    "      # Sluice shows the deployment, with all of its endings. GitHub's own would be a second one.\n";
  return `${comment}    environment:\n      name: ${name}\n${ownDeployment}      deployment: false\n`;
}
