import type { DoorPort, DoorSpec } from "@sluice/core";

/** The port whose servers say whether a slot is up. */
export function healthTarget(spec: DoorSpec): DoorPort {
  const chosen = spec.listen.find(({ target }) => target === spec.healthPort) ?? spec.listen[0];
  if (!chosen) throw new TypeError("a door spec without ports");
  return chosen;
}

/** How long users' connections may outlive a configuration that was replaced, in milliseconds. */
export function oldConnectionsMs({ drainTimeoutMs }: Pick<DoorSpec, "drainTimeoutMs">): number {
  return Math.max(drainTimeoutMs, 5_000);
}

export const unavailablePage =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Not available</title>' +
  "<h1>Not available</h1><p>This service cannot answer right now. Please try again in a few seconds.</p></html>";
