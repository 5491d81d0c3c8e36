import { allCommands, type CommandNode, type OptionNode } from "./tree.ts";

/** A script for bash 3.2 and newer: `source <(sluice completion bash)`. */
export function bashCompletion(program: CommandNode): string {
  const nodes = allCommands(program);
  const commandPaths = nodes.filter(({ path }) => path.length > 0).map(({ path }) => `/${path.join("/")}`);
  return `# bash completion for sluice
_sluice() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path="" word i IFS=$'\\n'
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "$path|$word" in
${indent(
  cases(nodes, ({ value }) => value !== null),
  6,
)}((i++)) ;;
      *)
        case "$path/$word" in
          ${commandPaths.join(" | ")}) path="$path/$word" ;;
        esac ;;
    esac
  done
  case "$path|$prev" in
${indent(optionValues(nodes), 4)}
  esac
  case "$path" in
${indent(nodes.map(wordsCase).join("\n"), 4)}
  esac
}
complete -F _sluice sluice
`;
}

/** Patterns `path|--flag` of the options that a test picks, as the head of one case. */
function cases(nodes: readonly CommandNode[], pick: (option: OptionNode) => boolean): string {
  const patterns = nodes.flatMap(({ path, options }) =>
    options.filter(pick).flatMap(({ flags }) => flags.map((flag) => `"${pathText(path)}|${flag}"`)),
  );
  return patterns.length > 0 ? `${patterns.join(" | ")}) ` : "";
}

function optionValues(nodes: readonly CommandNode[]): string {
  const simple = [
    `${cases(nodes, ({ value }) => value === "file")}compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -f -- "$cur")); return ;;`,
    `${cases(nodes, ({ value }) => value === "directory")}compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -d -- "$cur")); return ;;`,
    `${cases(nodes, ({ value }) => value === "text")}return ;;`,
  ];
  const choices = nodes.flatMap(({ path, options }) =>
    options
      .filter(({ value }) => value === "choice")
      .map(
        ({ flags, choices: words }) =>
          `${flags.map((flag) => `"${pathText(path)}|${flag}"`).join(" | ")}) ${reply(words)}; return ;;`,
      ),
  );
  return [...simple.filter((line) => line.includes(") ")), ...choices].join("\n");
}

function wordsCase({ path, options, commands, argument }: CommandNode): string {
  const flags = options.flatMap((option) => option.flags.filter((flag) => flag.startsWith("--")));
  const words = [...commands.map(({ name }) => name), ...(argument?.choices ?? [])];
  const rest =
    argument?.value === "file"
      ? 'compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -f -- "$cur"))'
      : words.length > 0
        ? reply(words)
        : ":";
  return `"${pathText(path)}") if [[ $cur == -* ]]; then ${reply(flags)}; else ${rest}; fi ;;`;
}

function reply(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W $'${words.join("\\n")}' -- "$cur"))`;
}

const pathText = (path: readonly string[]) => path.map((word) => `/${word}`).join("");
const indent = (text: string, width: number) => text.replaceAll(/^/gm, " ".repeat(width));
