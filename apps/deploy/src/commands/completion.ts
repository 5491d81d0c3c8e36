import type { Command } from "commander";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { commandTree } from "../completion/tree.ts";
import { zshCompletion } from "../completion/zsh.ts";
import type { CommandCall } from "../context.ts";

export const shells = ["bash", "zsh", "fish"] as const;
const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `sluice completion SHELL`: the script that completes commands and options, made from the command tree itself. */
export function completion({ context, args }: CommandCall, program: Command): number {
  const shell = shells.find((name) => name === args[0]) ?? "bash";
  context.stdout.write(scripts[shell](commandTree(program)));
  return 0;
}
