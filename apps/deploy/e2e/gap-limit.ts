import { randomUUID } from "node:crypto";
import { docker } from "./engine.ts";

/** What a plan promises of the moment at which ports change hands. */
const promisedMs = 1_500;
/** A gap is the end of one container and the start of another. */
const startsInGap = 3;

/**
 * The longest gap that a test tolerates, milliseconds: what is promised, and where the engine is so busy that it alone would
 * take that long, three times what it takes just now to start as many containers with a port each, at once.
 */
export async function gapLimitMs(doors = 1): Promise<number> {
  const names = Array.from({ length: doors }, () => `sluice-e2e-gap-${randomUUID().slice(0, 8)}`);
  const create = (name: string) =>
    docker("create", "--name", name, "--publish", "127.0.0.1::80", "sluice-test/busybox", "sleep", "60");
  try {
    await Promise.all(names.map(create));
    const begin = performance.now();
    await Promise.all(names.map((name) => docker("start", name)));
    return Math.max(promisedMs, startsInGap * (performance.now() - begin));
  } finally {
    await docker("rm", "--force", "--volumes", ...names);
  }
}
