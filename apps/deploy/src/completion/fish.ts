import { allCommands, type CommandNode, type OptionNode } from "./tree.ts";

/** A script for fish: `sluice completion fish | source`. */
export function fishCompletion(program: CommandNode): string {
  const lines = allCommands(program).flatMap((node) => [
    ...node.commands.map((child) => line(node, ["-a", child.name, "-d", quote(child.description)])),
    ...node.options.map((option) => line(node, optionWords(option))),
    ...(node.argument?.value === "file" ? [line(node, ["-F"])] : []),
    ...(node.argument?.choices.length ? [line(node, ["-a", quote(node.argument.choices.join(" "))])] : []),
  ]);
  return `# fish completion for sluice\ncomplete -c sluice -f\n${lines.join("\n")}\n`;
}

function line(node: CommandNode, words: readonly string[]): string {
  return ["complete -c sluice", "-n", quote(condition(node)), ...words].join(" ");
}

/** True while the words so far lead to this command and to none below it. */
function condition({ path, commands }: CommandNode): string {
  const below = commands.map(({ name }) => name);
  const there = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const notBelow = below.length > 0 ? [`not __fish_seen_subcommand_from ${below.join(" ")}`] : [];
  return [...there, ...notBelow].join("; and ") || "true";
}

function optionWords({ flags, description, value, choices }: OptionNode): readonly string[] {
  const names = flags.flatMap((flag) => (flag.startsWith("--") ? ["-l", flag.slice(2)] : ["-s", flag.slice(1)]));
  const values = {
    file: ["-r", "-F"],
    directory: ["-x", "-a", quote("(__fish_complete_directories)")],
    choice: ["-x", "-a", quote(choices.join(" "))],
    text: ["-x"],
  };
  return [...names, ...(value === null ? [] : values[value]), "-d", quote(description)];
}

const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
