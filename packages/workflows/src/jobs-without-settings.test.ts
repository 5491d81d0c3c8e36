import { describe, expect, it } from "vitest";
import { layouts } from "../test/layouts.ts";
import { aStaging, factsOf, productionHere } from "../test/support/facts-of.ts";
import { jobsWithoutSettings } from "./jobs-without-settings.ts";
import { projectWorkflows } from "./project-workflows.ts";

const path = ".github/workflows/deploy-production.yml";
const ask = (job: string, head = "", at = path) =>
  jobsWithoutSettings([{ path: at, text: `${head}\njobs: { ship: ${job} }` }], ["production", "staging"]);
const found = [{ path, job: "ship", environment: "production" }];

describe("a job that deploys to an environment with settings", () => {
  it.each([
    "{ steps: [{ run: exec sluice deploy --yes }] }",
    "{ steps: [{ run: exec sluice rollback --env-file x }] }",
    "{ steps: [{ uses: o/sluice@c0ffee }] }",
    "{ uses: o/sluice/.github/workflows/deploy-compose.yml@c0ffee, with: { wait: 1m } }",
  ])("is found where it does not use them: %s", (job) => {
    expect(ask(job)).toEqual(found);
  });

  it.each([
    "{ steps: [{ run: exec sluice deploy --env production }] }",
    "{ steps: [{ run: exec sluice --env=production deploy }] }",
    "{ env: { SLUICE_ENVIRONMENT: production }, steps: [{ run: exec sluice deploy }] }",
    "{ steps: [{ run: exec sluice deploy, env: { SLUICE_ENVIRONMENT: production } }] }",
    "{ steps: [{ uses: o/sluice@c0ffee, with: { environment: production } }] }",
    "{ steps: [{ uses: o/sluice@c0ffee, with: { arguments: --env=production } }] }",
    "{ uses: o/sluice/.github/workflows/deploy-compose.yml@c0ffee, with: { environment: production } }",
    "{ steps: [{ run: exec sluice status }] }",
  ])("is left alone where it does: %s", (job) => {
    expect(ask(job)).toEqual([]);
  });

  it("is told by the name of its workflow, and may be of one that has none", () => {
    const job = "{ steps: [{ run: exec sluice deploy }] }";
    expect(ask(job, "", ".github/workflows/stage.yml")).toMatchObject([{ environment: "staging" }]);
    expect(ask(job, "", ".github/workflows/ship.yml")).toEqual([]);
    expect(ask(job, "env: { SLUICE_ENVIRONMENT: production }")).toEqual([]);
  });

  it.each([{ ...productionHere, isConfigured: true }, aStaging])("is none that is written: $name", (environment) => {
    const written = projectWorkflows(factsOf(layouts["no workflow yet"], { environment }));
    expect(jobsWithoutSettings(written, ["production", "staging"])).toEqual([]);
  });
});
