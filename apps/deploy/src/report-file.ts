import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readWorkflowRun } from "@sluice/core";
import type { Deployer } from "@sluice/wiring";
import type { CommandContext } from "./context.ts";

/**
 * In a workflow, the page of a deployment as a file that a later step may keep: the runner's temporary directory is
 * emptied after the job. `undefined` elsewhere, and where it cannot be made: that changes no deployment.
 */
export async function reportFile(
  deployer: Deployer,
  deployment: string,
  { env, signal }: Pick<CommandContext, "env" | "signal">,
): Promise<string | undefined> {
  const { outputs, temporary: directory } = readWorkflowRun(env);
  if (!outputs || !directory || signal.aborted) return undefined;
  try {
    const [data, { renderHtml }] = await Promise.all([deployer.report(deployment, signal), import("./wiring.ts")]);
    const path = join(directory, `sluice-report-${deployment}.html`);
    await writeFile(path, renderHtml(data));
    return path;
  } catch {
    return undefined;
  }
}
