import { parseArgs } from "node:util";

/**
 * One option of a bench. A flag is false by default; a text or number without a default may be left out. `names`: some of a list,
 * with commas between, by default all.
 */
export type Option = { readonly says: string } & (
  | { readonly type: "flag" }
  | { readonly type: "text"; readonly default?: string }
  | { readonly type: "number"; readonly default?: number }
  | { readonly type: "names"; readonly of: readonly string[] }
);

type ValueOf<O extends Option> = O extends { readonly type: "flag" }
  ? boolean
  : O extends { readonly type: "names"; readonly of: readonly (infer Name)[] }
    ? readonly Name[]
    :
        | (O extends { readonly type: "number" } ? number : string)
        | (O extends { readonly default: unknown } ? never : undefined);

export type Values<Options extends Readonly<Record<string, Option>>> = {
  readonly [Name in keyof Options]: ValueOf<Options[Name]>;
};

export interface CommandLine<Options extends Readonly<Record<string, Option>>> {
  /** What a person types, such as `bin/bench kill`. */
  readonly command: string;
  /** A line. */
  readonly purpose: string;
  readonly options: Options;
}

/** The command line cannot be meant so. The message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * What a command line says; `null` when it asks for help.
 *
 * @throws UsageError for an option that there is not, one without its value, a number that is none, or an unknown name
 */
export function parseOptions<const Options extends Readonly<Record<string, Option>>>(
  { options }: CommandLine<Options>,
  args: readonly string[],
): Values<Options> | null {
  const given = givenOf(options, args);
  if (given["help"] === true) return null;
  const values = Object.entries<Option>(options).map(([name, option]) => {
    const value = given[name];
    if (option.type === "flag") return [name, value === true];
    if (option.type === "names")
      return [name, value === undefined ? option.of : namesOf(name, option.of, String(value))];
    if (value === undefined) return [name, option.default];
    return [name, option.type === "number" ? numberOf(name, String(value)) : value];
  });
  return Object.fromEntries(values) as Values<Options>;
}

function givenOf(options: Readonly<Record<string, Option>>, args: readonly string[]) {
  const known = Object.entries(options).map(([name, { type }]) => [
    name,
    { type: type === "flag" ? ("boolean" as const) : ("string" as const) },
  ]);
  const help = { type: "boolean", short: "h" } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: { ...Object.fromEntries(known), help } });
    return values as Readonly<Record<string, string | boolean | undefined>>;
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (!code.startsWith("ERR_PARSE_ARGS_")) throw error;
    // Of more than one sentence, the first says what is wrong.
    throw new UsageError(message.split(/\.\s/)[0]);
  }
}

function numberOf(name: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new UsageError(`--${name} ${text}: that is no number`);
  return value;
}

/** In the order of the list, each once. */
function namesOf(option: string, of: readonly string[], text: string): readonly string[] {
  const given = text.split(",");
  const unknown = given.find((name) => !of.includes(name));
  if (unknown !== undefined) throw new UsageError(`--${option}: "${unknown}" is none of ${of.join(", ")}`);
  return of.filter((name) => given.includes(name));
}

/** The options of a command in a few lines. */
export function describeOptions({ command, purpose, options }: CommandLine<Readonly<Record<string, Option>>>): string {
  const rows = Object.entries(options).map(([name, option]) => {
    if (option.type === "flag") return { left: `--${name}`, says: option.says };
    if (option.type === "names") return { left: `--${name} NAMES`, says: `${option.says}: ${option.of.join(",")}` };
    const isSaid = option.default !== undefined && option.default !== "";
    const usual = isSaid ? ` (default ${option.default})` : "";
    return { left: `--${name} ${option.type.toUpperCase()}`, says: option.says + usual };
  });
  const width = Math.max(0, ...rows.map(({ left }) => left.length));
  const lines = rows.map(({ left, says }) => `  ${left.padEnd(width)}  ${says}`);
  return [`usage: ${command}${lines.length > 0 ? " [options]" : ""}`, purpose, ...lines].join("\n");
}

/** The edge of a bench's process: its options; prints them and ends with 0 when asked to, with 2 for a wrong command line. */
export function readOptions<const Options extends Readonly<Record<string, Option>>>(
  line: CommandLine<Options>,
): Values<Options> {
  try {
    const values = parseOptions(line, process.argv.slice(2));
    if (values !== null) return values;
    process.stdout.write(`${describeOptions(line)}\n`);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${line.command}: ${error.message} (${line.command} --help)\n`);
    process.exit(2);
  }
}
