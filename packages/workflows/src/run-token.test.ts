import { describe, expect, it } from "vitest";
import { productionHere } from "../test/support/facts-of.ts";
import { fullUse, ordinaryUse } from "../test/support/github-uses.ts";
import { usualMinutes } from "./job-minutes.ts";
import { runTokenJobs } from "./run-token.ts";
import { schedulesOf } from "./schedules.ts";
import { deployWorkflow } from "./templates/deploy.ts";
import { rollbackWorkflow } from "./templates/rollback.ts";

const token = "${{ github.token }}";
const workflow = (permissions: string, env = `GITHUB_TOKEN: "${token}"`, run = "exec sluice deploy") =>
  `${permissions}\njobs: { ship: { steps: [{ run: ${run}, env: { ${env} } }] } }`;
const ask = (text: string, use = ordinaryUse) =>
  runTokenJobs([{ path: "a.yml", text }], use).map(({ lacks }) => lacks?.map(({ scope }) => scope).join(" ") ?? null);

describe("the token of a run", () => {
  it.each([
    ["permissions: { contents: read, deployments: write }", ""],
    ["permissions: write-all", ""],
    ["permissions: { contents: read }", "deployments"],
    ["permissions: { deployments: read }", "deployments"],
    ["permissions: read-all", "deployments"],
    ["permissions: {}", "deployments"],
    ["", null],
  ])("lacks, by %j, of what shows deployments: %j", (permissions, expected) => {
    expect(ask(workflow(permissions))).toEqual([expected]);
  });

  it("lacks what the configuration asks for, by what a job does", () => {
    const given = "permissions: { contents: write, deployments: write }";
    expect(ask(workflow(given), fullUse)).toEqual(["statuses checks pull-requests actions"]);
    expect(ask(workflow(given, undefined, "exec sluice rollback"), fullUse)).toEqual([
      "statuses pull-requests actions",
    ]);
    expect(ask(workflow("permissions: read-all"), fullUse)).toEqual(["contents deployments statuses"]);
    expect(ask(workflow("permissions: read-all"), { ...fullUse, token: "${env:GITHUB_TOKEN}" })).toEqual([
      "contents deployments statuses",
    ]);
    expect(ask(workflow(given), { ...fullUse, token: "${A}${B}" })).toEqual([]);
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
    expect(ask(action(env))).toEqual([""]);
    expect(ask(action(`${env}, with: { command: rollback }`))).toEqual([""]);
    expect(ask(action(`${env}, with: { command: status }`))).toEqual([]);
    expect(ask(action("with: {}"))).toEqual([""]);
    expect(ask(action("with: { github-token: '${{ secrets.DEPLOY_TOKEN }}' }"))).toEqual([]);
    expect(ask(action("with: {}"), { ...ordinaryUse, token: "${DEPLOY_TOKEN}" })).toEqual([]);
  });

  it.each([ordinaryUse, fullUse])("lacks nothing in the workflows that are written for a project", (github) => {
    const facts = {
      files: ["compose.yml"],
      variables: [],
      releaseVariables: [],
      migration: null,
      runsOn: ["x"],
      hasDatabase: false,
      schedules: schedulesOf([], "production", "UTC"),
      minutes: usualMinutes,
      hasSubmodules: false,
      environment: productionHere,
      github,
    };
    const found = runTokenJobs([deployWorkflow(facts), rollbackWorkflow(facts)], github);
    expect(found.map(({ lacks }) => lacks)).toEqual([[], []]);
  });
});
