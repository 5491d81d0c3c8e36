import type { Command } from "commander";
import { addCommonOptions, toCount } from "./common-options.ts";
import type { CommandCall } from "./context.ts";

type Load = () => Promise<(call: CommandCall<object>) => number | Promise<number>>;
type Verb = (parent: Command, usage: string, description: string, load: Load) => Command;

/** `sluice window`, and when there are few users. */
export function addWindowCommands(program: Command, verb: Verb): void {
  const state = async () => (await import("./commands/window.ts")).window;
  const window = verb(program, "window", "whether deployments may begin now, and when that changes", state);
  addCommonOptions(window);
  verb(
    window,
    "suggest",
    "hours with few users, by what the doors counted",
    async () => (await import("./commands/window-suggest.ts")).windowSuggest,
  ).option("--hours <count>", "how long a window is to be, 1 to 12 (default: 2)", toCount);
}
