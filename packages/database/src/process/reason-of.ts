/** A program that speaks for itself, where the shell around it has something to say too, of what it does not go on after. */
const namesProgram =
  /^(?:psql|pg_\w+|mariadb-dump|mysqldump): (?!Warning|\[Warning|Error: .* when trying to dump (?:masking policies|tablespaces)$)/;

/** The line of a program's standard error that says why it failed, without the program's name in front. */
export function reasonOf(stderr: string): string | undefined {
  const lines = stderr.split("\n").map((line) => line.trim());
  const telling =
    lines.find((line) => /(?:ERROR|FATAL|error|fatal)(?: \d+ \(\w+\)[^:]*)?:/.test(line)) ??
    lines.find((line) => namesProgram.test(line)) ??
    lines.find((line) => line !== "" && !line.startsWith("---"));
  return telling?.replace(/^(?:psql|pg_\w+|mariadb-dump|mysqldump):(?:<stdin>:\d+:)?\s*/, "");
}
