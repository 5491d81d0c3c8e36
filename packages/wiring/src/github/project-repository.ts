import { type Config, readWorkflowRun } from "@sluice/core";
import { originRepository } from "@sluice/release";
import type { DeployerOptions } from "../deployer.ts";

/** `owner/name` on GitHub: the configured one, else `GITHUB_REPOSITORY`, else that of the remote `origin` of the checkout. */
export async function projectRepository(
  { github }: Pick<Config, "github">,
  { env, directory }: Pick<DeployerOptions, "env" | "directory">,
): Promise<string | null> {
  return github.repository ?? readWorkflowRun(env).repository ?? originRepository(directory);
}
