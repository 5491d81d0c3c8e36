import type { Deployer, StandIn } from "@sluice/wiring";
import type { CommandCall } from "./context.ts";
import { givenFlags, withFlags } from "./given-flags.ts";
import { findingText } from "./render/words.ts";

/**
 * The stored release that a command goes by, where what is checked out cannot be resolved: people are told on the standard
 * error, beside what the command shows; programs find it in the output.
 */
export async function toldStandIn(
  { flags, context }: CommandCall,
  deployer: Deployer,
  signal: AbortSignal,
): Promise<StandIn | null> {
  const standIn = await deployer.standIn(signal);
  if (standIn && !flags.json) context.stderr.write(`${withFlags(findingText(standIn.finding), givenFlags(flags))}\n`);
  return standIn;
}
