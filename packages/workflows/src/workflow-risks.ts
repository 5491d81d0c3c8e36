import { foreignRunner } from "./foreign-runner.ts";
import { eventsOf, listOf, parseTree, textOf, treeOf } from "./tree.ts";

export interface WorkflowRisk {
  readonly kind:
    | "workflow-permissions"
    | "workflow-unpinned"
    | "workflow-foreign-code"
    | "workflow-injection"
    | "workflow-cancels";
  readonly what: string;
}

/** Texts that strangers choose. https://docs.github.com/actions/reference/security/secure-use */
const foreignText =
  /\$\{\{[^}]*\b(?:github\.event\.(?:[\w.]*\.)?(?:title|body|message|email|name|label|ref|tag_name)|github\.(?:head_ref|ref_name)|inputs\.\w+)\b[^}]*\}\}/;

/** What is dangerous about a workflow; nothing for a text that is none. */
export function workflowRisks(text: string): readonly WorkflowRisk[] {
  const workflow = parseTree(text);
  const jobs = Object.entries(treeOf(workflow["jobs"])).map(([name, job]) => ({ name, job: treeOf(job) }));
  const events = eventsOf(workflow["on"]);
  const isForeign = events.some((event) => event === "pull_request" || event === "pull_request_target");
  return jobs.flatMap(({ name, job }): readonly WorkflowRisk[] => {
    const permissions = job["permissions"] ?? workflow["permissions"];
    const concurrency = treeOf(job["concurrency"] ?? workflow["concurrency"]);
    const steps = listOf(job["steps"]).map(treeOf);
    const scripts = steps.map((step) => textOf(step["run"]));
    const runner = foreignRunner(job);
    const deploys = scripts.some((script) => /\bsluice (?:deploy|rollback)\b|docker[ -]compose\b.*\bup\b/.test(script));
    const unpinned = [...steps, job].map((step) => textOf(step["uses"])).filter(isUnpinned);
    return [
      ...risk(permissions === undefined || permissions === "write-all", "workflow-permissions", () =>
        permissions === undefined
          ? `job ${name} does not say which permissions it needs`
          : `job ${name} takes all permissions`,
      ),
      ...unpinned.map(
        (uses): WorkflowRisk => ({ kind: "workflow-unpinned", what: `job ${name} uses ${uses}, which can be moved` }),
      ),
      ...risk(
        isForeign && runner !== null,
        "workflow-foreign-code",
        () => `job ${name} runs pull requests on ${runner}`,
      ),
      ...risk(
        [...scripts, ...steps.map((step) => textOf(treeOf(step["with"])["script"]))].some((script) =>
          foreignText.test(script),
        ),
        "workflow-injection",
        () => `job ${name} puts text that others choose into a script`,
      ),
      ...risk(
        deploys && concurrency["cancel-in-progress"] === true,
        "workflow-cancels",
        () => `job ${name} deploys, and is cancelled by the next one`,
      ),
    ];
  });
}

function risk(applies: boolean, kind: WorkflowRisk["kind"], what: () => string): readonly WorkflowRisk[] {
  return applies ? [{ kind, what: what() }] : [];
}

/** Actions of this repository, and images by digest, cannot be moved by others. */
function isUnpinned(uses: string): boolean {
  if (uses === "" || uses.startsWith("./")) return false;
  return !/@[0-9a-f]{40}$/.test(uses) && !/@sha256:[0-9a-f]{64}$/.test(uses);
}
