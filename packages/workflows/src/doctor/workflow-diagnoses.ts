import type { Diagnosis } from "@sluice/core";
import type { WorkflowFile } from "../facts.ts";
import { type WorkflowRisk, workflowRisks } from "../workflow-risks.ts";

const meanings: Readonly<Record<WorkflowRisk["kind"], Omit<Diagnosis, "code" | "what">>> = {
  "workflow-permissions": {
    severity: "warn",
    why: "its token may do what the repository's setting says, which is often everything",
    mend: "permissions: { contents: read } in the workflow",
  },
  "workflow-unpinned": {
    severity: "warn",
    why: "whoever moves that tag runs code with the secrets of production",
    mend: "the commit in its place, with the tag as a comment",
  },
  "workflow-foreign-code": {
    severity: "error",
    why: "anybody who opens a pull request runs code on the machine that serves",
    mend: "runs-on: ubuntu-latest for pull requests; the runner of production only for releases",
  },
  "workflow-injection": {
    severity: "error",
    why: "who chooses that text writes a part of the script",
    mend: 'env: { NAME: ${{ … }} } of the step, and "$NAME" in the script',
  },
  "workflow-cancels": {
    severity: "warn",
    why: "a second release ends the first one in the middle",
    mend: "cancel-in-progress: false",
  },
};

/** What is dangerous about the workflows of a checkout. */
export function workflowDiagnoses(workflows: readonly WorkflowFile[]): readonly Diagnosis[] {
  return workflows.flatMap(({ path, text }) =>
    workflowRisks(text).map(({ kind, what }) => ({ ...meanings[kind], code: kind, what: `${path}: ${what}` })),
  );
}
