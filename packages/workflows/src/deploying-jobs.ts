import { isHosted } from "./foreign-runner.ts";
import { eventsOf, labelsOf, listOf, type Tree, textOf, treeOf } from "./tree.ts";

/** A job that brings a stack to users, as far as its workflow says. */
export interface DeployingJob {
  readonly job: Tree;
  /** All that it runs, one command a line. */
  readonly script: string;
  /** Brings Compose up itself. */
  readonly isByHand: boolean;
  readonly isOfRelease: boolean;
  readonly isSelfHosted: boolean;
}

/** Before these nobody has decided yet that a change is to be there. */
const unmerged: readonly string[] = ["pull_request", "pull_request_target", "merge_group"];

/** Jobs of a workflow that bring Compose up, or that run Sluice; not those that only test, which do so as well. Pure. */
export function deployingJobs(workflow: Tree): readonly DeployingJob[] {
  const events = eventsOf(workflow["on"]);
  return Object.values(treeOf(workflow["jobs"])).flatMap((value) => {
    const job = treeOf(value);
    const steps = listOf(job["steps"]).map(treeOf);
    const scripts = steps.map(({ run, ...step }) => ({ step, run: textOf(run).replaceAll(/\\\n/g, " ") }));
    const deploying = scripts.filter(({ run }) => /docker[ -]compose\b.*\bup\b|\bsluice deploy\b/.test(run));
    const conditions = deploying.map(({ step }) => `${textOf(job["if"])} ${textOf(step["if"])}`);
    if (deploying.length === 0) return [];
    if (events.some((event) => unmerged.includes(event)) && !conditions.some(isOfMerged)) return [];
    if (isHosted(job) && !leadsElsewhere([workflow, job, ...steps])) return [];
    return [
      {
        job,
        script: scripts.map(({ run }) => run).join("\n"),
        isByHand: scripts.some(({ run }) => /docker[ -]compose\b.*\bup\b/.test(run)),
        isOfRelease: events.includes("release"),
        isSelfHosted: labelsOf(job["runs-on"]).includes("self-hosted"),
      },
    ];
  });
}

/** Whether a condition lets through what is merged, of a workflow that pull requests start as well. */
function isOfMerged(condition: string): boolean {
  if (/\bpull_request\.merged\b/.test(condition)) return true;
  if (/\bevent_name\s*==\s*["']pull_request/.test(condition)) return false;
  return /\bgithub\.(?:event_name|ref|ref_name|ref_type)\b/.test(condition);
}

const elsewhere = /\bssh\b|\bDOCKER_(?:HOST|CONTEXT)\b|\bdocker (?:context use|(?:--context|-c|--host|-H)[ =])/;

/** Whether commands reach the engine of another machine. Inputs of actions say nothing of it: they clone and build. */
function leadsElsewhere(parts: readonly Tree[]): boolean {
  return parts.some(({ uses, env, run }) =>
    [uses, run, ...Object.entries(treeOf(env)).flat()].some((text) => elsewhere.test(textOf(text))),
  );
}
