import type { RereadOptions } from "@sluice/core";
import type { DeploymentScope } from "../scope.ts";

/** As `BaseRuntime.rereadNames`, with the proxies of both releases. */
export function rereadNames(scope: DeploymentScope, options: RereadOptions): Promise<void> {
  return scope.ports.base.rereadNames(scope.stack, { ...options, edges: edgeNames(scope) });
}

/** Services that are proxies in the release that comes or in the one before; `undefined` where neither is known. */
export function edgeNames({ release, previousRelease }: DeploymentScope): readonly string[] | undefined {
  const known = [release, previousRelease].filter((one) => one !== null);
  if (known.length === 0) return undefined;
  const services = known.flatMap(({ bundle }) => bundle.services).filter(({ role }) => role === "edge");
  return [...new Set(services.map(({ name }) => name))];
}
