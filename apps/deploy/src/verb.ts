import type { Command } from "commander";
import type { CommandCall } from "./context.ts";

/** What a command does. @returns the exit code */
export type Run<Flags> = (call: CommandCall<Flags>) => number | Promise<number>;

/** Adds a command, which is loaded when it is run: `--help` loads none. */
export type Verb = <Flags = object>(
  parent: Command,
  usage: string,
  description: string,
  load: () => Promise<Run<Flags>>,
) => Command;
