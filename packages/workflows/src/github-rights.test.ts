import { describe, expect, it } from "vitest";
import { fullUse, ordinaryUse } from "../test/support/github-uses.ts";
import { type GithubTask, type GithubUse, rightsFor, tokenVariables } from "./github-rights.ts";

const rights = (task: GithubTask, use: Partial<GithubUse> = {}) =>
  rightsFor(task, { ...ordinaryUse, ...use }).map(({ scope, access }) => `${scope}: ${access}`);

describe("the permissions of a job", () => {
  it.each<[Partial<GithubUse>, readonly string[]]>([
    [{}, ["contents: read", "deployments: write"]],
    [{ anchor: true }, ["contents: read", "deployments: write"]],
    [{ deployments: false }, ["contents: read"]],
    [{ deployments: false, commitStatus: true, anchor: true }, ["contents: read"]],
    [{ report: true, deployments: false }, ["contents: write"]],
    [{ commitStatus: true }, ["contents: read", "deployments: write", "statuses: write"]],
    [
      { require: { checks: true, approvals: 0 } },
      ["contents: read", "deployments: write", "checks: read", "statuses: read", "actions: read"],
    ],
    [
      { commitStatus: true, require: { checks: true, approvals: 0 } },
      ["contents: read", "deployments: write", "statuses: write", "checks: read", "actions: read"],
    ],
    [
      { approvals: true, require: { checks: true, approvals: 0 } },
      [
        "contents: read",
        "deployments: write",
        "checks: read",
        "statuses: read",
        "pull-requests: read",
        "actions: read",
      ],
    ],
    [{ approvals: true }, ["contents: read", "deployments: write", "pull-requests: read", "actions: read"]],
    [
      { require: { checks: false, approvals: 2 } },
      ["contents: read", "deployments: write", "pull-requests: read", "actions: read"],
    ],
  ])("that deploys are, by %j: %j", (use, expected) => {
    expect(rights("deploy", use).toSorted()).toEqual(expected.toSorted());
  });

  it("that goes back do not count what only a deployment is asked for", () => {
    expect(rights("rollback", { require: { checks: true, approvals: 0 } })).toEqual([
      "contents: read",
      "deployments: write",
    ]);
  });

  it("that only looks are those of the checkout; it reads deployments where they hold the record", () => {
    expect(rights("look", fullUse)).toEqual(["contents: read"]);
    expect(rights("compare-record")).toEqual(["contents: read"]);
    expect(rights("compare-record", fullUse)).toEqual(["contents: read", "deployments: read"]);
  });

  it("are none beyond the checkout where Sluice has a token of its own", () => {
    const own = { ...fullUse, token: "${DEPLOY_TOKEN}" };
    expect(rights("deploy", own)).toEqual(["contents: read"]);
    expect(tokenVariables(own)).toEqual([["DEPLOY_TOKEN", "${{ secrets.DEPLOY_TOKEN }}"]]);
    expect(tokenVariables({ ...own, token: "${env:DEPLOY_TOKEN}" })).toEqual(tokenVariables(own));
    expect(tokenVariables(fullUse)).toEqual([["GITHUB_TOKEN", "${{ github.token }}"]]);
  });
});
