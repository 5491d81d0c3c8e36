import { setTimeout as delay } from "node:timers/promises";

/** Waits for what no event tells. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error("it did not come to that within 30 s");
    // Whoever asks a container takes that long to be answered.
    await delay(100);
  }
}
