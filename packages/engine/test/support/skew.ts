import type { Scenario } from "./scenario.ts";

export const yearMs = 365 * 24 * 3_600_000;

/** Wall time jumps at every event from now on, by these in turn (milliseconds); monotonic time goes on as ever. */
export function skewWallTime({ world }: Scenario, jumps: readonly number[]): void {
  const push = world.events.push.bind(world.events);
  let count = 0;
  world.events.push = (...events) => {
    world.clock.skewWall(jumps[count++ % jumps.length] ?? 0);
    return push(...events);
  };
}
