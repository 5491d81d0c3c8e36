import type { Clock } from "@sluice/core";

/** Milliseconds that something takes. */
export async function timed({ clock }: { readonly clock: Clock }, run: () => Promise<void>): Promise<number> {
  const began = clock.monotonicMs();
  await run();
  return Math.round(clock.monotonicMs() - began);
}
