import type { Deployer } from "@sluice/wiring";
import type { CommandCall } from "./context.ts";
import { deployerOptions } from "./deployer-options.ts";

/** Opens the deployer of a call for one command that is not a deployment, and closes it again. */
export async function withDeployer(
  { flags, context }: CommandCall,
  run: (deployer: Deployer) => Promise<number>,
): Promise<number> {
  await using deployer = await context.createDeployer(deployerOptions(flags, context));
  return await run(deployer);
}
