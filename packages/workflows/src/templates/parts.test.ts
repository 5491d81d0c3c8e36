import { expect, it } from "vitest";
import { parse } from "yaml";
import { layouts } from "../../test/layouts.ts";
import { factsOf } from "../../test/support/facts-of.ts";
import { projectWorkflows } from "../project-workflows.ts";

interface Step {
  readonly uses?: string;
  readonly if?: string;
}

it("what is checked out is changed by a deployment alone: services in base mount it, of what was released last", () => {
  const found = Object.values(layouts).flatMap((files) =>
    projectWorkflows({ ...factsOf(files), migration: null }).flatMap(({ path, text }) => {
      const { jobs } = parse(text) as { jobs: Record<string, { steps: readonly Step[] }> };
      return Object.entries(jobs).map(([job, { steps }]) => {
        const checkouts = steps.filter(({ uses = "" }) => uses.startsWith("actions/checkout@"));
        return { job: `${path.replace(/.*\//, "")} ${job}`, conditions: checkouts.map((step) => step.if ?? "always") };
      });
    }),
  );
  // Git has it once something was checked out, whatever its files are called.
  const whereNoneIs = ["hashFiles('.git/index') == ''"];
  expect(new Map(found.map(({ job, conditions }) => [job, conditions]))).toEqual(
    new Map([
      ["deploy-production.yml deploy", ["always"]],
      ["rollback-production.yml rollback", whereNoneIs],
      ["backup-production.yml backup", whereNoneIs],
      ["backup-production.yml drill", whereNoneIs],
      ["verify-production.yml verify", whereNoneIs],
    ]),
  );
});
