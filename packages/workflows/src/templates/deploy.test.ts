import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { layouts } from "../../test/layouts.ts";
import { aStaging, factsOf, productionHere } from "../../test/support/facts-of.ts";
import { ordinaryUse } from "../../test/support/github-uses.ts";
import type { WorkflowEnvironment } from "../facts.ts";
import { projectWorkflows } from "../project-workflows.ts";
import { deployWorkflow } from "./deploy.ts";

const written = (environment: WorkflowEnvironment, github = ordinaryUse) => {
  const { path, text } = deployWorkflow(factsOf(layouts["no workflow yet"], { environment, github }));
  return { path, workflow: parse(text) as { on: object; concurrency: object; jobs: { deploy: object } } };
};

describe("the workflow that deploys", () => {
  it("begins once for each full release, also for one that was a prerelease", () => {
    expect(written(productionHere).workflow.on).toEqual({ release: { types: ["released"] } });
    expect(written(aStaging).workflow.on).toEqual({ release: { types: ["published"] } });
  });

  it("waits for the reviewers of its environment on GitHub, which shows one deployment", () => {
    const { jobs } = written({ ...productionHere, onGithub: "live: eu" }).workflow;
    expect(jobs.deploy).toMatchObject({ environment: { name: "live: eu", deployment: false } });
    const untold = written(productionHere, { ...ordinaryUse, deployments: false }).workflow;
    expect(untold.jobs.deploy).toMatchObject({ environment: "production" });
  });

  it("uses settings of the configuration where there are some", () => {
    const envOf = (isConfigured: boolean) => written({ ...productionHere, isConfigured }).workflow.jobs.deploy;
    expect(envOf(true)).toMatchObject({ env: { SLUICE_ENVIRONMENT: "production" } });
    expect(envOf(false)).not.toMatchObject({ env: { SLUICE_ENVIRONMENT: expect.anything() } });
  });

  it("is one of its own for each environment, whatever that is called", () => {
    const { path, workflow } = written({ ...aStaging, name: "eu west: 'a'" });
    expect(path).toBe(".github/workflows/deploy-eu-west-a-.yml");
    expect(workflow).toMatchObject({
      name: "Deploy to eu-west-a-",
      concurrency: { group: "deploy-eu-west-a-" },
      jobs: {
        deploy: { env: { SLUICE_ENVIRONMENT: "eu west: 'a'", STACK_NAME: "${{ secrets.STACK_NAME_EU_WEST_A_ }}" } },
      },
    });
  });

  it("checks out submodules where there are some", () => {
    const facts = factsOf(layouts["no workflow yet"]);
    for (const { text } of projectWorkflows(facts)) expect(text).not.toContain("submodules");
    for (const { text } of projectWorkflows({ ...facts, hasSubmodules: true, migration: null })) {
      expect(text).toContain("          submodules: recursive\n");
    }
  });

  it("tells jobs that come after how it ended", () => {
    expect(written(productionHere).workflow.jobs.deploy).toMatchObject({
      outputs: {
        slot: expect.stringContaining("steps.sluice.outputs.slot"),
        "exit-reason": expect.stringContaining("steps.undo.outputs.exit-reason"),
      },
    });
  });
});
