import type { GithubUse } from "../../src/index.ts";

/** As `sluice.yaml` has it without a word on GitHub. */
export const ordinaryUse: GithubUse = {
  token: "${GITHUB_TOKEN}",
  deployments: true,
  commitStatus: false,
  report: false,
  approvals: false,
  anchor: false,
  require: { checks: false, approvals: 0 },
};

/** All that GitHub can be told and asked. */
export const fullUse: GithubUse = {
  ...ordinaryUse,
  commitStatus: true,
  report: true,
  approvals: true,
  anchor: true,
  require: { checks: true, approvals: 1 },
};
