import { type ComposeModel, type DeploymentPlan, type Finding, outsideFindings, readdressed } from "@sluice/core";
import type { EnginePorts } from "../scope.ts";

interface LedTo {
  readonly stack: string;
  /** Of the release that users are led to by the plan. */
  readonly model: ComposeModel;
}

/**
 * Proxies of others that a plan may cut off. Looks at what they have on external networks only where the plan gives a service of
 * the release another address: one that goes with it has none.
 */
export async function findOutside(
  plan: DeploymentPlan,
  { stack, model }: LedTo,
  { observer }: Pick<EnginePorts, "observer">,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const names = readdressed(plan).filter((name) => Object.hasOwn(model.services, name));
  if (names.length === 0) return [];
  return outsideFindings(names, await observer.outsideProxies({ stack, model, names }, signal));
}
