import { expect, it } from "vitest";
import { shortJobs } from "./job-minutes.ts";

const short = (job: string, held = 240, path = ".github/workflows/deploy-production.yml") =>
  shortJobs([{ path, text: `on: release\njobs:\n  deploy: ${job}\n` }], "production", held);
const steps = "steps: [{ run: exec sluice deploy --yes }]";

it("a job that GitHub cancels before a deployment can have ended is known by its limit, or by GitHub's own", () => {
  expect(short(`{ timeout-minutes: 120, ${steps} }`)).toMatchObject([{ job: "deploy", minutes: 120 }]);
  expect(short(`{ timeout-minutes: 240, ${steps} }`)).toEqual([]);
  expect(short(`{ ${steps} }`)).toEqual([]);
  expect(short(`{ ${steps} }`, 400)).toMatchObject([{ minutes: 360 }]);
});

it("nothing is said of other jobs, other environments, and limits that are not known here", () => {
  expect(short("{ timeout-minutes: 5, steps: [{ run: sluice verify }] }")).toEqual([]);
  expect(short(`{ timeout-minutes: 5, ${steps} }`, 240, "deploy-staging.yml")).toEqual([]);
  expect(short(`{ timeout-minutes: "\${{ vars.LIMIT }}", ${steps} }`)).toEqual([]);
});
