import type { CommandContext, Output } from "../context.ts";

/** Whether what is shown there can be drawn again: a terminal such as that of an editor only goes on. */
export function canDrawAgain({ isTTY }: Output, env: CommandContext["env"]): boolean {
  return isTTY === true && env["TERM"] !== "dumb";
}
