import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { systemClock as clock } from "@sluice/core/node";
import { createEngine } from "../../src/engine/engine.ts";

const run = promisify(execFile);

export { clock };

export const engine = createEngine({ env: process.env, clock });

export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run("docker", [...args], { maxBuffer: 1 << 26 });
  return stdout.trim();
}

/** A stack name of its own for each test; `remove` takes away everything that carries it, also after a failure. */
export function uniqueStack(prefix: string): { readonly name: string; remove(): Promise<void> } {
  const name = `sluicetest-${prefix}-${randomBytes(4).toString("hex")}`;
  return { name, remove: () => removeStack(name) };
}

async function removeStack(stack: string): Promise<void> {
  const lines = async (...args: readonly string[]) => (await docker(...args)).split("\n").filter(Boolean);
  const containers = await lines("ps", "-aq", "--filter", `name=${stack}`);
  if (containers.length > 0) await docker("rm", "-f", "-v", ...containers);
  const networks = await lines("network", "ls", "-q", "--filter", `name=${stack}`);
  if (networks.length > 0) await docker("network", "rm", ...networks);
  const volumes = await lines("volume", "ls", "-q", "--filter", `name=${stack}`);
  if (volumes.length > 0) await docker("volume", "rm", ...volumes);
  const images = await lines(
    "images",
    "--format",
    "{{.Repository}}:{{.Tag}}",
    "--filter",
    `reference=sluice/${stack}-*`,
  );
  if (images.length > 0) await docker("rmi", ...images);
}
