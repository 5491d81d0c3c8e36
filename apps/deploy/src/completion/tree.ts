import type { Command, Option } from "commander";

/** What a value is, told by how its flag is written: `--file <file>`, `--project-directory <dir>`. */
export type ValueKind = "file" | "directory" | "choice" | "text";

export interface OptionNode {
  readonly flags: readonly string[];
  readonly description: string;
  /** `null` for a flag without a value. */
  readonly value: ValueKind | null;
  readonly choices: readonly string[];
}

export interface CommandNode {
  readonly name: string;
  /** Words that lead to it: `["audit", "verify"]`, empty for the program. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly OptionNode[];
  readonly commands: readonly CommandNode[];
  readonly argument: { readonly value: ValueKind; readonly choices: readonly string[] } | null;
}

export function commandTree(command: Command, path: readonly string[] = []): CommandNode {
  const help: OptionNode = { flags: ["-h", "--help"], description: "display help", value: null, choices: [] };
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    path,
    description: firstSentence(command.description()),
    options: [...command.options.map(optionNode), help],
    commands: command.commands.map((child) => commandTree(child, [...path, child.name()])),
    argument: argument
      ? { value: valueKind(argument.name(), argument.argChoices), choices: argument.argChoices ?? [] }
      : null,
  };
}

/** A command and all below it. */
export function allCommands(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(allCommands)];
}

function optionNode({ short, long, description, flags, argChoices, required, optional }: Option): OptionNode {
  const takesValue = required || optional;
  return {
    flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
    description: firstSentence(description),
    value: takesValue ? valueKind(/[<[](.+?)[>\]]/.exec(flags)?.[1] ?? "", argChoices) : null,
    choices: argChoices ?? [],
  };
}

function valueKind(name: string, choices: readonly string[] | undefined): ValueKind {
  if (choices) return "choice";
  if (name === "file") return "file";
  return name === "dir" ? "directory" : "text";
}

function firstSentence(text: string): string {
  return text
    .replace(/ \(default: .*\)$/s, "")
    .replace(/\. .*$/s, "")
    .replace(/\.$/, "");
}
