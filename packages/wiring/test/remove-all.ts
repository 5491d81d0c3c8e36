import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { removeStack } from "@sluice/testing";

const run = promisify(execFile);

/** A stack of a test, and the tags of its releases' images. */
export async function removeAll(stack: string): Promise<void> {
  await removeStack(stack);
  const filters = ["--filter", `reference=sluice/${stack}-*`, "--format", "{{.Repository}}:{{.Tag}}"];
  const { stdout } = await run("docker", ["images", ...filters]);
  const tags = stdout.split("\n").filter(Boolean);
  if (tags.length > 0) await run("docker", ["rmi", ...tags]);
}
