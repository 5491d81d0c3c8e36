import { expect, it } from "vitest";
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

it("files of Git LFS are checked out, whatever a workflow says: a deployment of pointers is refused", () => {
  const { path, text } = deploys({ uses: "actions/checkout@v4", with: { lfs: false } });
  const facts = workflowFacts({
    composeFiles: layout.composeFiles,
    filesAreNamed: false,
    read: () => null,
    envFileText: "",
    workflows: [{ path, text }],
    hasDatabase: false,
    hasSubmodules: false,
    hasLfs: true,
    timezone: "UTC",
    configVariables: [],
    environment: factsOf(layout).environment,
    github: factsOf(layout).github,
  });
  expect(facts.checkoutInputs).toEqual([{ name: "lfs", value: "true" }]);
});
