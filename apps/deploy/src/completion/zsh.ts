import type { CommandNode, OptionNode, ValueKind } from "./tree.ts";

/** A script for zsh: `source <(sluice completion zsh)`, or a file `_sluice` in `fpath`. */
export function zshCompletion(program: CommandNode): string {
  return `#compdef sluice
# zsh completion for sluice
${functionsOf(program).join("\n")}
if [ "$funcstack[1]" = "_sluice" ]; then _sluice "$@"; else compdef _sluice sluice; fi
`;
}

function functionsOf(node: CommandNode): readonly string[] {
  return [functionOf(node), ...node.commands.flatMap(functionsOf)];
}

function functionOf({ path, options, commands, argument }: CommandNode): string {
  const specs = options.map(optionSpec);
  if (commands.length === 0) {
    const rest = argument ? [quote(`*:${argument.value}:${action(argument.value, argument.choices)}`)] : [];
    return `${name(path)}() {\n  _arguments -s ${[...specs, ...rest].join(" ")}\n}`;
  }
  const described = commands.map((child) => quote(`${child.name}:${child.description}`)).join(" ");
  const branches = commands.map((child) => `      ${child.name}) ${name(child.path)} ;;`).join("\n");
  return `${name(path)}() {
  local context state state_descr line
  local -a commands
  typeset -A opt_args
  commands=(${described})
  _arguments -s -C ${[...specs, quote("1: :->command"), quote("*:: :->rest")].join(" ")}
  case $state in
    command) _describe -t commands command commands ;;
    rest) case $line[1] in
${branches}
    esac ;;
  esac
}`;
}

function optionSpec({ flags, description, value, choices }: OptionNode): string {
  const text = description.replaceAll(/[[\]:]/g, " ").replaceAll(/\s+/g, " ");
  const rest = `[${text}]${value === null ? "" : `:${value}:${action(value, choices)}`}`;
  if (flags.length === 1) return quote(`*${flags[0]}${rest}`);
  return `'*'{${flags.join(",")}}${quote(rest)}`;
}

function action(value: ValueKind, choices: readonly string[]): string {
  if (value === "file") return "_files";
  if (value === "directory") return "_files -/";
  return value === "choice" ? `(${choices.join(" ")})` : "";
}

const name = (path: readonly string[]) => ["_sluice", ...path].join("_");
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
