import type { StoredRelease } from "@sluice/core";
import type { EnginePorts } from "./scope.ts";

/** A release whose bundle is gone or broken is no reason to stop: what is asked for does not need it. */
export async function loadOrNull(ports: EnginePorts, id: string): Promise<StoredRelease | null> {
  return ports.bundles.load(id).catch(() => null);
}
