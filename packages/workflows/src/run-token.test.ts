import { describe, expect, it } from "vitest";
import { runTokenJobs } from "./run-token.ts";
import { deployWorkflow } from "./templates/deploy.ts";
import { rollbackWorkflow } from "./templates/rollback.ts";

const token = "${{ github.token }}";
const workflow = (permissions: string, env = `GITHUB_TOKEN: "${token}"`, run = "exec sluice deploy") =>
  `${permissions}\njobs: { ship: { steps: [{ run: ${run}, env: { ${env} } }] } }`;
const ask = (text: string) => runTokenJobs([{ path: "a.yml", text }], "GITHUB_TOKEN").map(({ mayDeploy }) => mayDeploy);

describe("the token of a run", () => {
  it.each([
    ["permissions: { contents: read, deployments: write }", true],
    ["permissions: write-all", true],
    ["permissions: { contents: read }", false],
    ["permissions: { deployments: read }", false],
    ["permissions: read-all", false],
    ["permissions: {}", false],
    ["", null],
  ])("may, by %j, show deployments: %j", (permissions, expected) => {
    expect(ask(workflow(permissions))).toEqual([expected]);
  });

  it("is asked of jobs that deploy with it, wherever it is given", () => {
    expect(ask(workflow("", "GITHUB_TOKEN: '${{ secrets.DEPLOY_TOKEN }}'"))).toEqual([]);
    expect(ask(workflow("", "OTHER: '${{ github.token }}'"))).toEqual([]);
    expect(ask(workflow("", undefined, "exec sluice verify"))).toEqual([]);
    expect(ask(workflow("", "A: b").replace("jobs:", `env: { GITHUB_TOKEN: "${token}" }\njobs:`))).toEqual([null]);
    expect(ask("no: [workflow")).toEqual([]);
  });

  it("is given to the action, too", () => {
    const action = (rest: string) =>
      `permissions: { deployments: write }\njobs: { ship: { steps: [{ uses: o/sluice@c0ffee, ${rest} }] } }`;
    const env = `env: { GITHUB_TOKEN: "${token}" }`;
    expect(ask(action(env))).toEqual([true]);
    expect(ask(action(`${env}, with: { command: rollback }`))).toEqual([true]);
    expect(ask(action(`${env}, with: { command: status }`))).toEqual([]);
    expect(ask(action("with: {}"))).toEqual([]);
  });

  it("may do so in the workflows that are written for a project", () => {
    const facts = { files: ["compose.yml"], variables: [], migration: null, runsOn: ["x"], hasDatabase: false };
    const found = runTokenJobs([deployWorkflow(facts), rollbackWorkflow(facts)], "GITHUB_TOKEN");
    expect(found.map(({ mayDeploy }) => mayDeploy)).toEqual([true, true]);
  });
});
