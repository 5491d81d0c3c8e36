import { expect, it } from "vitest";
import { type DeploymentRightFacts, deploymentRightDiagnoses } from "./deployment-right-diagnoses.ts";

const writing = { scope: "deployments", access: "write", why: "" } as const;
const job = (mayDeploy: boolean | null) => ({
  path: "deploy.yml",
  job: "ship",
  lacks: mayDeploy === null ? null : mayDeploy ? [] : [writing],
});
const granted = { isGranted: true, lacks: "" };
const refused = { isGranted: false, lacks: "the scope repo_deployment" };
const unknown = { isGranted: null, lacks: "" };

it.each<[DeploymentRightFacts["right"], DeploymentRightFacts["jobs"], readonly string[]]>([
  [null, [], []],
  [null, [job(null)], []],
  [null, [job(true)], []],
  [null, [job(false)], ["warn deployments-not-permitted"]],
  [granted, [], []],
  [refused, [], ["warn deployments-not-permitted"]],
  [refused, [job(false)], ["warn deployments-not-permitted", "warn deployments-not-permitted"]],
  [unknown, [], ["note deployments-untold"]],
  [unknown, [job(null)], ["note deployments-untold"]],
  [unknown, [job(true)], []],
  [unknown, [job(false)], ["warn deployments-not-permitted"]],
])("of a token %j, and jobs %j, it is said: %j", (right, jobs, expected) => {
  const found = deploymentRightDiagnoses({ repository: "acme/shop", right, jobs });
  expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
  expect(found.every(({ mend }) => mend.includes("deployments"))).toBe(true);
});

it("what else the token of a run lacks is named, with what it is for", () => {
  const lacks = [
    writing,
    { scope: "checks", access: "read", why: "" },
    { scope: "statuses", access: "read", why: "" },
  ] as const;
  const jobs = [{ path: "deploy.yml", job: "ship", lacks }];
  expect(deploymentRightDiagnoses({ repository: "acme/shop", right: null, jobs })).toMatchObject([
    { code: "deployments-not-permitted" },
    {
      severity: "warn",
      code: "github-right-missing",
      what: "deploy.yml: job ship gives sluice a token without checks: read, statuses: read",
    },
  ]);
});
