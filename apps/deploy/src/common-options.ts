import { type Command, InvalidArgumentError, Option } from "commander";
import type { CommonFlags } from "./context.ts";

const collect = (value: string, previous: readonly string[] = []) => [...previous, value];

/** `-f -p --env-file --profile …` as Compose has them, and what all commands share. */
export function addCommonOptions(command: Command, { shortFile = true } = {}): Command {
  const options = [
    new Option(`${shortFile ? "-f, " : ""}--file <file>`, "compose file, may be repeated").argParser(collect),
    new Option(
      "-p, --project-name <name>",
      "name of the stack (default: $STACK_NAME, else as Compose names the project)",
    ),
    new Option("--env-file <file>", "file of environment variables, may be repeated").argParser(collect),
    new Option("--profile <name>", "profile to enable, may be repeated").argParser(collect),
    new Option("--project-directory <dir>", "where the project is (default: the working directory)"),
    new Option("--config <file>", "configuration (default: sluice.yaml of the project)"),
    new Option("--env <name>", "environment of the configuration (default: $SLUICE_ENVIRONMENT)"),
    new Option(
      "--state-home <dir>",
      "directory of the stack's state (default: $SLUICE_HOME; for root /var/lib/sluice/NAME, for others ~/.local/state/sluice/NAME)",
    ),
    new Option("--json", "machine-readable output"),
    new Option("--plain", "one line for each event, also on a terminal"),
    new Option("-y, --yes", "do not ask"),
  ];
  for (const option of options) command.addOption(option.helpGroup("Common options:"));
  return command;
}

export function addChangeOptions(command: Command): Command {
  return addWaitOption(command).option("--reason <text>", "why, for the record");
}

export function addWaitOption(command: Command): Command {
  return command.option("--wait <duration>", "wait for another deployment to end, such as 10m");
}

/** The flags of a command laid over those that were given before it; repeatable ones add up. */
export function mergedFlags<Flags extends CommonFlags>(command: Command): Flags {
  const chain: CommonFlags[] = [];
  for (let at: Command | null = command; at; at = at.parent) chain.unshift(at.opts<CommonFlags>());
  return chain.reduce<CommonFlags>(
    (merged, flags) => ({
      ...merged,
      ...flags,
      ...repeated("file", merged, flags),
      ...repeated("envFile", merged, flags),
      ...repeated("profile", merged, flags),
    }),
    {},
  ) as Flags;
}

function repeated(name: "file" | "envFile" | "profile", before: CommonFlags, after: CommonFlags): CommonFlags {
  const values = [...(before[name] ?? []), ...(after[name] ?? [])];
  return values.length > 0 ? { [name]: values } : {};
}

export function toCount(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number.");
}
