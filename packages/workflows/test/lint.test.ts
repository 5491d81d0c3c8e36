import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectWorkflows } from "../src/index.ts";
import { layouts } from "./layouts.ts";
import { aStaging, factsOf } from "./support/facts-of.ts";
import { fullUse, ordinaryUse } from "./support/github-uses.ts";
import { lintAction, lintWorkflow } from "./support/lint.ts";

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const own = join(import.meta.dirname, "../../../.github/workflows");
const uses = {
  ordinary: {},
  full: { github: fullUse },
  "own token": { github: { ...fullUse, token: "${DEPLOY_TOKEN}" } },
  "GitHub not told": { github: { ...ordinaryUse, deployments: false } },
  staging: { environment: aStaging },
  "a time zone": { timezone: "Asia/Shanghai" },
};
const shipped = [
  ...Object.entries(layouts).flatMap(([layout, files]) =>
    Object.entries(uses).flatMap(([name, use]) =>
      projectWorkflows(factsOf(files, use))
        .filter(({ path }) => path.startsWith(".github/"))
        .map(({ path, text }) => ({ from: `${layout}, ${name}`, path, text })),
    ),
  ),
  ...readdirSync(own).map((name) => ({
    from: "this repository",
    path: name,
    text: readFileSync(join(own, name), "utf8"),
  })),
];

describe("every workflow that is shipped", () => {
  it.each(shipped)("has no complaint of two linters: $path ($from)", async ({ path, text }) => {
    expect(await lintWorkflow(text, path)).toEqual([]);
  });

  it.each(shipped)("names actions by commit, and says which rights it takes: $path ($from)", ({ text }) => {
    const uses = [...text.matchAll(/^ *(?:- )?uses: (.*)$/gm)].map(([, action = ""]) => action);
    expect(uses.filter((action) => !/^(?:\.\/.*|[\w./-]+@[0-9a-f]{40} # v[\d.]+)$/.test(action))).toEqual([]);
    expect(text).toMatch(/^permissions:/m);
    // What people type never becomes text of a script.
    const scripts = [...text.matchAll(/^( +)(?:- )?run: (?:\|\n((?:\1 .*\n|\n)*)|(.*))$/gm)];
    expect(scripts.filter(([script]) => /\$\{\{ *(?:inputs|github\.event|secrets)\./.test(script))).toEqual([]);
  });
});

describe("every step that tells GitHub, or asks it", () => {
  const steps = shipped.flatMap(({ from, path, text }) => {
    const { jobs } = parse(text) as { readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>> };
    return Object.values(jobs).flatMap((job) => job.steps.map((step) => ({ ...step, from, path })));
  });
  const asking = steps.filter(({ run = "" }) =>
    /\bsluice (?:deploy|rollback|abort|doctor|audit.*--github)\b/.test(run),
  );

  it("is in the workflows", () => {
    const names = asking.map(({ path }) => path.replace(".github/workflows/", ""));
    expect(new Set(names.filter((name) => !name.includes("staging")))).toEqual(
      new Set([
        "deploy-production.yml",
        "rollback-production.yml",
        "backup-production.yml",
        "verify-production.yml",
        "deploy-compose.yml",
      ]),
    );
  });

  it.each(asking)("has a token: $run in $path ($from)", ({ env = {}, from }) => {
    const values = Object.entries(env).filter(([name]) => name.endsWith("_TOKEN"));
    const expected = from.endsWith("own token")
      ? ["DEPLOY_TOKEN", "${{ secrets.DEPLOY_TOKEN }}"]
      : ["GITHUB_TOKEN", "${{ github.token }}"];
    // The reusable workflow takes another one where it is given.
    expect(values.map(([name, value]) => [name, value.replace("secrets.github-token || ", "")])).toEqual([expected]);
  });

  it("is the only kind that has one", () => {
    const others = steps.filter(
      ({ run, env = {} }) =>
        Object.keys(env).some((name) => name.endsWith("_TOKEN")) && !asking.some((one) => one.run === run),
    );
    expect(others).toEqual([]);
  });
});

describe("the reusable workflow", () => {
  const { on, concurrency, jobs } = parse(readFileSync(join(own, "deploy-compose.yml"), "utf8")) as {
    readonly on: { readonly workflow_call: { readonly inputs: Readonly<Record<string, object>> } };
    readonly concurrency: { readonly group: string };
    readonly jobs: { readonly deploy: { readonly environment?: object } };
  };

  it("keeps deployments to several places apart, also of stacks that only a secret names: GitHub lets one wait in each group", () => {
    const named = [...concurrency.group.matchAll(/\$\{\{ ([\w.-]+) \}\}/g)].map(([, name]) => name);
    expect(named).toEqual([
      "github.repository",
      "inputs.environment",
      "inputs.compose-file",
      "inputs.runs-on",
      "inputs.group",
    ]);
    expect(on.workflow_call.inputs["group"]).toMatchObject({ type: "string", default: "" });
  });

  it("waits for the reviewers of an environment on GitHub where one is named: a job that calls it cannot", () => {
    // To GitHub an empty name is no environment.
    expect(jobs.deploy.environment).toEqual({ name: "${{ inputs.reviewed-by }}", deployment: false });
    expect(on.workflow_call.inputs["reviewed-by"]).toMatchObject({ type: "string", default: "" });
  });
});

describe("the action of this repository", () => {
  const text = readFileSync(join(own, "../../action.yml"), "utf8");

  it("has no complaint of GitHub's parser, which finds what is wrong", () => {
    expect(lintAction(text, "action.yml")).toEqual([]);
    expect(lintAction(text.replace("composite", "compositt"), "action.yml")).not.toEqual([]);
    expect(lintAction(text.replace("    - id: sluice", "    - idd: sluice"), "action.yml")).not.toEqual([]);
  });
});

describe("the linters", () => {
  it("find what is wrong, each of them", async () => {
    const wrong =
      "on: {release: {types: [publishd]}}\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: '${{ nope.x }}', foo: 1}]}}\n";
    const found = await lintWorkflow(wrong, "wrong.yml");
    for (const linter of ["actionlint", "workflow-parser"]) {
      expect(found.filter((message) => message.startsWith(linter)).length).toBeGreaterThanOrEqual(3);
    }
  });
});
