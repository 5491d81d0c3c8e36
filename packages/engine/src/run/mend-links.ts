import { type MissingLink, type ObservedStack, type Slot, slots } from "@sluice/core";
import { loadOrNull } from "../record/stored-release.ts";
import { report } from "../report.ts";
import { type DeploymentScope, emit } from "../scope.ts";

/**
 * Base containers that somebody made anew while the deployment ran have lost their links: both slots get them back before
 * it is said what serves. What fails here is told, and status names it.
 */
export async function mendLinks(scope: DeploymentScope, observed: ObservedStack, signal: AbortSignal): Promise<void> {
  for (const slot of slots) {
    const missing = observed.missingLinks.filter((link) => link.slot === slot);
    if (missing.length === 0) continue;
    try {
      await mend(scope, slot, observed.slots[slot].release, missing, signal);
    } catch (error) {
      report(scope, error);
    }
  }
}

async function mend(
  { ports, release, previousRelease, ...scope }: DeploymentScope,
  slot: Slot,
  id: string | null,
  missing: readonly MissingLink[],
  signal: AbortSignal,
): Promise<void> {
  const known = [release, previousRelease].find((stored) => stored?.bundle.id === id);
  const held = known ?? (id === null ? null : await loadOrNull(ports, id));
  if (!held) return;
  const services = held.bundle.services.filter(({ active }) => active);
  await ports.base.ensureNetworks(held.model, slot, services, { signal });
  const lost = missing.map(({ container, link }) => `${container} was not on ${link}`).join("; ");
  const message = `${lost}: connected again`;
  emit({ ...scope, ports }, { type: "finding", finding: { severity: "warn", code: "missing-link", message } });
}
