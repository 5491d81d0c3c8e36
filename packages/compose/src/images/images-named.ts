import type { Dockerfile, From, Instruction, ModifiableInstruction } from "dockerfile-ast";

/**
 * The images that a Dockerfile begins from, copies from or mounts, as it writes them, with variables of its first part put in. Its own
 * stages are none, nor is what has a variable that nobody gives a value.
 *
 * @param args values that the build gives to variables
 */
export async function imagesNamed(
  text: string,
  args: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  // It costs a tenth of a second, which most builds need not spend.
  const { DockerfileParser } = await import("dockerfile-ast");
  const dockerfile = DockerfileParser.parse(text);
  const stages = new Set(dockerfile.getFROMs().flatMap((from) => from.getBuildStage()?.toLowerCase() ?? []));
  const named = [
    ...dockerfile.getFROMs().flatMap((from) => begunFrom(from, dockerfile, args)),
    ...takenFrom(dockerfile),
  ];
  // `--from=0` is the first stage.
  return [...new Set(named)].filter((name) => !stages.has(name.toLowerCase()) && !/^\d+$/.test(name));
}

function begunFrom(from: From, dockerfile: Dockerfile, args: Readonly<Record<string, string>>): readonly string[] {
  const line = from.getRange().start.line;
  const written = from.getArguments()[0]?.getValue();
  if (written === undefined) return [];
  const image = from.getVariables().reduce<string | undefined>((text, variable) => {
    const name = variable.getName();
    const given = args[name] ?? dockerfile.resolveVariable(name, line) ?? undefined;
    const value = given || fallbackOf(variable.toString());
    return value === undefined ? undefined : text?.replace(variable.toString(), () => value);
  }, written);
  return image === undefined ? [] : [image];
}

/** The value in `${NAME:-value}`. */
function fallbackOf(variable: string): string | undefined {
  return /:?-(.*)\}$/.exec(variable)?.[1];
}

function takenFrom(dockerfile: Dockerfile): readonly string[] {
  const flags = dockerfile.getInstructions().flatMap((one) => (hasFlags(one) ? one.getFlags() : []));
  return flags.flatMap((flag) => {
    if (flag.getName() === "from") return flag.getValue() ?? [];
    const from = flag.getOptions().find((option) => option.getName() === "from");
    return from?.getValue() ?? [];
  });
}

function hasFlags(instruction: Instruction): instruction is ModifiableInstruction {
  return "getFlags" in instruction;
}
