import { describe, expect, it } from "vitest";
import { foreignRunner } from "./foreign-runner.ts";
import { parseTree } from "./tree.ts";

const of = (yaml: string) => foreignRunner(parseTree(yaml));

describe("a job that runs what strangers write", () => {
  it.each([
    ["runs-on: self-hosted", "a runner of your own"],
    ["runs-on: [self-hosted, linux]", "a runner of your own"],
    [`runs-on: "\${{ fromJSON('[\\"self-hosted\\"]') }}"`, "a runner of your own"],
    [
      "{ strategy: { matrix: { on: [ubuntu-24.04, self-hosted] } }, runs-on: '${{ matrix.on }}' }",
      "a runner of your own",
    ],
    ["runs-on: production", "production, by its name no runner that GitHub makes anew"],
    ["runs-on: { group: prod }", "prod, by its name no runner that GitHub makes anew"],
    ["runs-on: { group: prod, labels: [big] }", "big, by its name no runner that GitHub makes anew"],
  ])("%s: is on a machine that stays", (yaml, runner) => {
    expect(of(yaml)).toBe(runner);
  });

  it.each([
    "runs-on: ubuntu-latest",
    "runs-on: [windows-2025]",
    "runs-on: ${{ inputs.runner }}",
    "{ strategy: { matrix: { os: [ubuntu-latest, macos-15] } }, runs-on: '${{ matrix.os }}' }",
    "uses: ./.github/workflows/test.yml",
  ])("%s: is on none, as far as the workflow says", (yaml) => {
    expect(of(yaml)).toBeNull();
  });
});
