import { freePort } from "./checkout.ts";
import { nowMs } from "./clock.ts";
import { median } from "./load/percentile.ts";
import { describeFailure, type MeasureOptions, measure, run } from "./measure.ts";
import type { Peer } from "./peers/peer.ts";
import type { Numbers } from "./result.ts";
import type { Session } from "./session.ts";
import { untilAnswers } from "./until-answers.ts";

/** Median wall time of a command that must succeed, of so many runs one after the other. */
export async function medianWall(command: readonly string[], runs = 5, options: MeasureOptions = {}): Promise<number> {
  const walls: number[] = [];
  for (let index = 0; index < runs; index += 1) {
    const result = await measure(command, options);
    if (result.exitCode !== 0) throw new Error(describeFailure(command, result));
    walls.push(result.wallMs);
  }
  return median(walls);
}

/** What every way to deploy the shop pays: a build from cache, and the start of the application. */
export async function measureFloor({ prefix, signal }: Session, [peer]: readonly Peer[]): Promise<Numbers> {
  if (!peer) throw new Error("no peer to measure");
  const options = { cwd: peer.checkout.directory, env: { COMPOSE_PROJECT_NAME: `${prefix}cache` }, signal };
  // The first build fills the cache.
  await run(["docker", "compose", "build"], options);
  const build = await medianWall(["docker", "compose", "build"], 3, options);
  const startUp = await measureStartUp(`${prefix}cache-web`, `${prefix}start-up`, signal);
  return { start_up_s: startUp / 1_000, compose_build_cached_s: build / 1_000 };
}

/** How long the application takes from the start of its container to its first good health check: the median of `runs`. */
export async function measureStartUp(image: string, name: string, signal: AbortSignal, runs = 3): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < runs; index += 1) {
    const port = await freePort();
    await run(["docker", "create", "--name", name, "-p", `127.0.0.1:${port}:8080`, image]);
    await run(["docker", "start", name]);
    const startedAt = Date.parse(await run(["docker", "inspect", "--format", "{{.State.StartedAt}}", name]));
    const offset = Date.now() - nowMs();
    await untilAnswers(`http://127.0.0.1:${port}`, { path: "/healthz", pollMs: 10, signal });
    times.push(nowMs() + offset - startedAt);
    await run(["docker", "rm", "-f", "-v", name]);
  }
  return median(times);
}
