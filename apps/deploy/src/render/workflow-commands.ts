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

/**
 * Text of others as a log line that the runner does not take for a command, in the new form or the old one. To the runner a
 * line begins after a lone carriage return, too.
 */
export function harmless(line: string): string {
  return line
    .replaceAll(/[\r\n]+/g, " ")
    .replaceAll("##[", "## [")
    .replace(/^(\s*)::/, "$1: :");
}

/** Text of others as such lines. To the runner a lone carriage return ends a line, too. */
export function harmlessLines(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/).map(harmless);
}

/** What a command shows of others, where the runner reads along. */
export function shownToRunner(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return env["GITHUB_ACTIONS"] === "true" ? harmlessLines(text).join("\n") : text;
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
