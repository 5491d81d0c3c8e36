import { harmlessLines, readWorkflowRun } from "@sluice/core";

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export function workflowCommand(
  name: string,
  properties: Readonly<Record<string, string | number | undefined>>,
  message: string,
): string {
  const written = Object.entries(properties)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([key, value]) => `${key}=${escapeData(String(value)).replaceAll(":", "%3A").replaceAll(",", "%2C")}`)
    .join(",");
  return `::${name}${written ? ` ${written}` : ""}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** What a command shows of others, where the runner reads along. */
export function shownToRunner(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return readWorkflowRun(env).isStep ? harmlessLines(text).join("\n") : text;
}

/** `file:line:column` as the properties of an annotation. */
export function annotationPlace(position: string | undefined): Readonly<Record<string, string | number | undefined>> {
  const match = /^(?<file>.+?)(?::(?<line>\d+))?(?::(?<column>\d+))?$/.exec(position ?? "");
  const { file, line, column } = match?.groups ?? {};
  return { file, line, col: column };
}

/** `name=value` for GITHUB_OUTPUT, safe for values of several lines. */
export function outputAssignment(name: string, value: string, delimiter: string): string {
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}
