import { expect, it } from "vitest";
import { unreleasedCheckouts } from "./unreleased-checkouts.ts";

const checkout = "uses: actions/checkout@v4";
const verify = "run: exec sluice verify";
const own = "runs-on: [self-hosted, production]";
const found = (jobs: string, on = "schedule: [{ cron: '*/30 * * * *' }]", file = "verify-production.yml") =>
  unreleasedCheckouts(
    [{ path: `.github/workflows/${file}`, text: `on: { ${on} }\njobs: { ${jobs} }\n` }],
    "production",
  ).map(({ job }) => job);
const job = (steps: string, runsOn = own) => `look: { ${runsOn}, steps: [${steps}] }`;

it("a job that releases nothing and checks out each time puts what nobody has released where services mount it", () => {
  expect(found(job(`{ ${checkout} }, { ${verify} }`))).toEqual(["look"]);
  expect(found(job(`{ ${checkout}, with: { persist-credentials: false } }, { ${verify} }`))).toEqual(["look"]);
  const back = job(`{ ${checkout} }, { run: exec sluice rollback --yes }`, "runs-on: production-server");
  expect(found(back, "workflow_dispatch: {}", "rollback-production.yml")).toEqual(["look"]);
});

it.each([
  ["checks out where nothing is", job(`{ ${checkout}, if: "hashFiles('.git/index') == ''" }, { ${verify} }`)],
  ["checks out a commit of its own", job(`{ ${checkout}, with: { ref: live } }, { ${verify} }`)],
  ["checks out elsewhere", job(`{ ${checkout}, with: { path: checks } }, { ${verify} }`)],
  ["checks out nothing", job(`{ ${verify} }`)],
  ["does not run Sluice", job(`{ ${checkout} }, { run: docker compose run --rm tests }`)],
  ["deploys by hand", job(`{ ${checkout} }, { run: docker compose up -d --build }, { ${verify} }`)],
  ["has a machine that is thrown away", job(`{ ${checkout} }, { ${verify} }`, "runs-on: ubuntu-latest")],
  ["deploys", job(`{ ${checkout} }, { run: exec sluice deploy --yes }, { ${verify} }`)],
  [
    "follows on one that deploys",
    `deploy: { ${own}, steps: [{ run: sluice deploy }] }, ${job(`{ ${checkout} }, { ${verify} }`)}`,
  ],
])("nothing is said of a job that %s", (_name, jobs) => {
  expect(found(jobs)).toEqual([]);
});

it("nothing is said of what a release, a push or another workflow starts, and of other environments", () => {
  const each = job(`{ ${checkout} }, { ${verify} }`);
  for (const on of ["release: { types: [released] }", "workflow_call: {}", "push: {}"])
    expect(found(each, on)).toEqual([]);
  expect(found(each, undefined, "verify-staging.yml")).toEqual([]);
});
