import { type Config, type Finding, leftRunning, leftRunningFindings, runsInBase } from "@sluice/core";
import type { SeenStack } from "./find-serving.ts";

/** What runs on in slots for nobody. Pure. Nothing is said where the release that serves is not stored: nobody knows what it has. */
export function leftInSlots(
  { observed, live, stored, services }: SeenStack,
  config: Pick<Config, "rollout">,
): readonly Finding[] {
  if (!stored) return [];
  const { bundle } = stored;
  const isInBase = !live && runsInBase(bundle, observed);
  return leftRunningFindings(observed, leftRunning(observed, { live, isInBase, services, config }), bundle.tag);
}
