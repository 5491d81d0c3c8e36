import {
  type Config,
  type LeftRunning,
  leftRunning,
  leftRunningFindings,
  type ReleaseBundle,
  type ResolvedProject,
  runsInBase,
  type StateFinding,
} from "@sluice/core";
import { coldWayBack, type EnginePorts, type SeenStack } from "@sluice/engine";

/** What runs on in slots for nobody. Pure. Nothing is said where the release that serves is not stored: nobody knows what it has. */
export function leftInSlots(
  { observed, live, stored, services }: SeenStack,
  config: Pick<Config, "rollout">,
): readonly LeftRunning[] {
  if (!stored) return [];
  const isInBase = !live && runsInBase(stored.bundle, observed);
  return leftRunning(observed, { live, isInBase, services, config });
}

interface IdleScope {
  readonly config: Pick<Config, "rollout">;
  readonly ports: EnginePorts;
  readonly project: ResolvedProject;
  readonly bundles: readonly ReleaseBundle[];
}

/** Of slots beside what serves, while nobody is at work there: what runs on for nobody, or is kept warm and is no warm way back. */
export async function idleFindings(
  seen: SeenStack,
  left: readonly LeftRunning[],
  { config, bundles, ...scope }: IdleScope,
  signal?: AbortSignal,
): Promise<readonly StateFinding[]> {
  const { observed, stored } = seen;
  if (left.length > 0) return leftRunningFindings(observed, left, stored?.bundle.tag ?? "");
  const cold = config.rollout.keep === "warm" ? await coldWayBack(observed, bundles, scope, signal) : null;
  return cold ? [cold] : [];
}
