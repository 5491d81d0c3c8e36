import { docker } from "./engine.ts";

/** The image of a static busybox; `bin/setup images` makes it. */
export const busybox = "sluice-test/busybox";

/** A container that runs until it is told to stop. */
export async function idleContainer(name: string, ...options: readonly string[]): Promise<string> {
  return docker("run", "-d", "--init", "--name", name, ...options, busybox, "sleep", "600");
}
