import type { Diagnosis } from "@sluice/core";

/** A diagnosis where it applies. */
export function when(applies: boolean, diagnosis: Diagnosis): readonly Diagnosis[] {
  return applies ? [diagnosis] : [];
}
