import { describe, expect, it } from "vitest";
import { layouts } from "../test/layouts.ts";
import { factsOf } from "../test/support/facts-of.ts";
import { projectWorkflows } from "./project-workflows.ts";
import { workflowFacts } from "./workflow-facts.ts";

const layout = layouts["no workflow yet"];
const deploys = (...steps: readonly object[]) => ({
  path: ".github/workflows/ship.yml",
  text: JSON.stringify({
    on: "release",
    jobs: { ship: { "runs-on": "self-hosted", steps: [...steps, { run: "docker compose up -d" }] } },
  }),
});
const inputs = (...steps: readonly object[]) => factsOf({ ...layout, workflows: [deploys(...steps)] }).checkoutInputs;

it("how much is checked out stays as a workflow has it, with the rights that this takes", () => {
  const written = {
    lfs: true,
    "fetch-depth": 0,
    submodules: true,
    "ssh-key": "${{ secrets.DEPLOY_KEY }}",
    "persist-credentials": true,
    ref: "${{ github.event.release.tag_name }}",
  };
  const workflows = [deploys({ uses: "actions/checkout@v4", with: written })];
  const files = projectWorkflows({ ...factsOf({ ...layout, workflows }), hasSubmodules: true });
  for (const { text } of files) {
    expect(text).toContain(`        with:
          persist-credentials: false
          submodules: true
          lfs: true
          fetch-depth: 0
          ssh-key: \${{ secrets.DEPLOY_KEY }}
`);
  }
  const again = factsOf({ ...layout, workflows: files.slice(0, 1) });
  expect(projectWorkflows({ ...again, hasSubmodules: true }).map(({ text }) => text)).toEqual(
    files.map(({ text }) => text),
  );
});

it("what only that run knows, its token, and the checkouts of other repositories do not stay", () => {
  const other = { uses: "actions/checkout@v4", with: { repository: "acme/lib", path: "lib", "fetch-depth": 3 } };
  const own = {
    uses: "actions/checkout@v4",
    with: { token: "${{ github.token }}", lfs: "${{ inputs.lfs }}", clean: false },
  };
  expect(inputs(other, own)).toEqual([{ name: "clean", value: "false" }]);
  expect(inputs(other)).toBeUndefined();
  expect(inputs({ uses: "actions/checkout@v4" })).toBeUndefined();
});

describe("what is built is whole, whatever a workflow says: a deployment of less is refused", () => {
  const inputsOf = (written: object, whole: { readonly hasLfs?: boolean; readonly hasSubmodules?: boolean }) =>
    workflowFacts({
      composeFiles: layout.composeFiles,
      filesAreNamed: false,
      read: () => null,
      envFileText: "",
      workflows: [deploys({ uses: "actions/checkout@v4", with: written })],
      hasDatabase: false,
      hasSubmodules: false,
      timezone: "UTC",
      configVariables: [],
      environment: factsOf(layout).environment,
      github: factsOf(layout).github,
      ...whole,
    }).checkoutInputs;

  it("files of Git LFS are checked out", () => {
    expect(inputsOf({ lfs: false }, { hasLfs: true })).toEqual([{ name: "lfs", value: "true" }]);
  });

  it("submodules are, recursively unless a workflow asks for the first level", () => {
    expect(inputsOf({ submodules: false }, { hasSubmodules: true })).toBeUndefined();
    expect(inputsOf({ submodules: true }, { hasSubmodules: true })).toEqual([{ name: "submodules", value: "true" }]);
    expect(inputsOf({ submodules: false }, {})).toEqual([{ name: "submodules", value: "false" }]);
  });
});
