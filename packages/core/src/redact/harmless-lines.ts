/**
 * Text of others as a log line that the runner of a workflow does not take for a command, in the new form or the old one. To the
 * runner a line begins after a lone carriage return, too.
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
